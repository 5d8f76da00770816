//! Fits machine-learning models into microcontrollers.
fn main() {}
