"""Every window of ours."""
