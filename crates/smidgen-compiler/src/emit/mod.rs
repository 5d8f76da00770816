//! Turns a planned program into a bundle of C text and a description of it.

mod bundle;

pub use bundle::{Bundle, BundleFile, ElementType, Manifest, PortSpec, StepSpec};
