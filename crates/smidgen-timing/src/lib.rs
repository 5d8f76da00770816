//! Execution profiles and what they say about a chip.
