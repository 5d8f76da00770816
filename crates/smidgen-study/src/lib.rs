//! The application programming interface: from a model and a board to a report.

pub mod accuracy;
pub mod arrays;
pub mod compare;
mod convert;
pub mod cost;
mod custom;
pub mod data;
mod error;
mod external;
mod hotspots;
mod inputs;
mod inspect;
mod measure;
pub mod metrics;
mod model;
mod package;
pub mod pareto;
pub mod quantise;
mod recipe;
mod recording;
pub mod report;
mod survey;
mod verify;
mod workbench;

pub use convert::{write_file, write_tflite};
pub use cost::{Cost, Terms, Workload};
pub use custom::CustomSpec;
pub use error::Error;
pub use hotspots::{
    ClassProfile, FunctionProfile, LineProfile, LoopProfile, Mix, OperatorProfile, PROFILE_SCHEMA,
    ProfileReport, Spent, flame_graph, trace,
};
pub use inputs::{Inputs, Sample};
pub use inspect::{
    BufferInfo, INSPECT_SCHEMA, InspectReport, LayerInfo, MemoryMap, StepMemory, TensorReport,
    inspect,
};
pub use model::Model;
pub use package::write_package;
pub use recipe::{Kernels, Recipe};
pub use recording::Recording;
pub use survey::{LeftOut, SURVEY_SCHEMA, Survey, SurveyRow, Variant, VariantReport, variants};
pub use verify::{LayerReport, OutputReport, TargetReport, VERIFY_SCHEMA, VerifyReport};
pub use workbench::{Evaluation, Stage, Workbench};
