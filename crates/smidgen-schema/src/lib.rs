//! Bindings of the model file formats that smidgen reads.
