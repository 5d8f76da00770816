//! Float models become integer files that compute the same bits everywhere.

mod support;

use smidgen_compiler::export::tflite;
use smidgen_compiler::graph::Graph;
use smidgen_compiler::tensor::{DType, Data};
use smidgen_study::data::Spec;
use smidgen_study::quantise::{Method, Precision, QuantiseSpec, QuantisedModel, quantise};
use smidgen_study::report::Verdict;
use smidgen_study::{Error, Inputs, Model, Recipe, arrays};
use std::path::{Path, PathBuf};
use support::{bundled, workbench};
