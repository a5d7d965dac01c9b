"""Many machines: the workers of `dunwell worker`. They call the same steps as the daemon's own loop; only who does which differs."""
