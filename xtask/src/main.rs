//! Developer automation: demo, test, bench, tidy.
fn main() {}
