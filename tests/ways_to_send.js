// Every way in which a page can send something to a server of this computer, by name: functions of the body.
// They give the text of the reply, "failed: ..." if the browser keeps it back, or what is known otherwise.
const waysToSend = (port) => {
    const base = `http://127.0.0.1:${port}`;
    const post = (body, more = {}, url = base) => fetch(url, { method: "POST", body, ...more });
    const text = async (sent) => (await sent).text();
    const sent = () => "sent";

    const add = (name, more) => {
        const made = Object.assign(document.createElement(name), more);
        made.style.display = "none";
        document.body.append(made);
        return made;
    };
    const form = (body, page = document) => {
        // With an enctype of text/plain the body is name=value: JSON, if split at the right place.
        const made = page.createElement("form");
        const field = page.createElement("input");
        Object.assign(made, { method: "POST", action: base, enctype: "text/plain", target: "into" + body.length });
        Object.assign(field, { name: body.slice(0, -1) + ', "x": "', value: '"}' });
        made.append(field);
        const frame = page.createElement("iframe");
        frame.name = made.target;
        page.body.append(made, frame);
        made.submit();
    };
    const silentPage = () =>
        new Promise((done) => {
            const source = '<meta name="referrer" content="no-referrer"><body></body>';
            const frame = add("iframe", { srcdoc: source, onload: () => done(frame.contentDocument) });
        });
    // What a script inside a frame of no origin makes of it; the frame tells its parent.
    const inFrame = (body, makeFrame) =>
        new Promise((done) => {
            const word = "word" + Math.random();
            addEventListener("message", (message) => {
                if (message.data.word === word) done(message.data.told);
            });
            makeFrame(`<script>
                const tell = (told) => parent.postMessage({ word: "${word}", told }, "*");
                fetch("${base}", { method: "POST", body: ${JSON.stringify(body)} }).then(
                    async (reply) => tell(await reply.text()), (problem) => tell("failed: " + problem));
            <\/script>`);
        });
    const blob = (source, type) => URL.createObjectURL(new Blob([source], { type }));

    return {
        fetch: (body) => text(post(body)),
        json: (body) => text(post(body, { headers: { "Content-Type": "application/json" } })),
        keepalive: (body) => text(post(body, { keepalive: true })),
        localhost: (body) => text(post(body, {}, `http://localhost:${port}`)),
        "request by path": (body) =>
            text(post(JSON.stringify(JSON.parse(body).params), {}, base + "/actions/createDeck")),
        xhr: (body) =>
            new Promise((done, fail) => {
                const asked = new XMLHttpRequest();
                asked.onload = () => done(asked.responseText);
                asked.onerror = () => fail("no reply");
                asked.open("POST", base);
                asked.send(body);
            }),
        worker: (body) =>
            new Promise((done) => {
                const source = `fetch("${base}", { method: "POST", body: ${JSON.stringify(body)} })
                    .then((reply) => reply.text()).then(postMessage, (problem) => postMessage("failed: " + problem))`;
                new Worker(blob(source, "text/javascript")).onmessage = (message) => done(message.data);
            }),
        "blob frame": (body) =>
            inFrame(body, (source) => add("iframe", { src: blob(source, "text/html") })),
        "no-cors": (body) => post(body, { mode: "no-cors" }).then(sent),
        beacon: (body) => String(navigator.sendBeacon(base, body)),
        form: (body) => form(body),

        // These have no origin, or none that the browser tells.
        "sandboxed frame": (body) =>
            inFrame(body, (source) => add("iframe", { sandbox: "allow-scripts", srcdoc: source })),
        "data frame": (body) =>
            inFrame(body, (source) => add("iframe", { src: "data:text/html," + encodeURIComponent(source) })),
        "no-cors without referrer": (body) =>
            post(body, { mode: "no-cors", referrerPolicy: "no-referrer" }).then(sent),
        "form without referrer": async (body) => form(body, await silentPage()),
        "other name": (body) => text(post(body, {}, `http://0.0.0.0:${port}`)),
        "query of an image": (body) => add("img", { src: `${base}/?${body}` }) && "sent",
        "query of a script": (body) => add("script", { src: `${base}/?${body}` }) && "sent",
        "query of a fetch": (body) => text(fetch(`${base}/?${encodeURIComponent(body)}`)),
        "path of a fetch": (body) => text(fetch(`${base}/actions/createDeck?${encodeURIComponent(body)}`)),
        "query of a frame": (body) => add("iframe", { src: `${base}/?${body}` }) && "sent",
        "event source": (body) =>
            new Promise((done) => {
                const source = new EventSource(`${base}/?${body}`);
                source.onopen = () => done("open");
                source.onerror = () => (source.close(), done("refused"));
            }),
        "web socket": (body) =>
            new Promise((done) => {
                const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
                socket.onopen = () => (socket.send(body), done("open"));
                socket.onerror = () => done("refused");
            }),
    };
};

// Tries them one after the other; CARRIER in the body becomes the name of the way.
const sendEveryWay = async (port, body) => {
    const found = {};
    for (const [name, way] of Object.entries(waysToSend(port))) {
        found[name] = (await soon(() => way(body.replace("CARRIER", name)))) || "sent";
    }
    await new Promise((done) => setTimeout(done, 500));
    return found;
};

const soon = (work) =>
    Promise.race([
        Promise.resolve().then(work).catch((problem) => `failed: ${problem}`),
        new Promise((done) => setTimeout(() => done("no answer"), 5000)),
    ]);
