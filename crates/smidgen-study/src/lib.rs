//! The application programming interface: from a model and a board to a report.

pub mod arrays;
pub mod compare;
mod error;
mod inputs;
mod inspect;
mod measure;
mod model;
mod package;
mod recipe;
pub mod report;
mod verify;
mod workbench;

pub use error::Error;
pub use inputs::{Inputs, Sample};
pub use inspect::{
    BufferInfo, INSPECT_SCHEMA, InspectReport, LayerInfo, MemoryMap, StepMemory, TensorReport,
    inspect,
};
pub use model::Model;
pub use package::write_package;
pub use recipe::Recipe;
pub use verify::{LayerReport, OutputReport, TargetReport, VERIFY_SCHEMA, VerifyReport};
pub use workbench::{Evaluation, Stage, Workbench};
