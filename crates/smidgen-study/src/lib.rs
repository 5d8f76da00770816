//! The application programming interface: from a model and a board to a report.

pub mod arrays;
pub mod error;

pub use error::Error;
