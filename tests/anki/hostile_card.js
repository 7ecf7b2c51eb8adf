// The script of a hostile card. The test puts before it what it is told, and ways_to_send.js.
(async () => {
    if (window.hostile) return;
    const hostile = (window.hostile = { asked: {}, carried: {}, done: false });
    const { api, requests, carried } = told;
    for (const [name, body] of Object.entries(requests)) {
        const post = async () => (await fetch(`http://127.0.0.1:${api}`, { method: "POST", body })).text();
        hostile.asked[name] = await soon(post);
    }
    hostile.carried = carried ? await sendEveryWay(api, carried) : {};
    hostile.done = true;
})();
