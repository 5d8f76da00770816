//! `GATHER`, `GATHER_ND` and `EMBEDDING_LOOKUP` to TFLite.

use super::Gather;
use crate::ops::export::{Input, Layer, ToTflite, Written, by_type};
use crate::ops::{OpError, Site};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Quant};
use smidgen_schema::tflite::{BuiltinOptions, GatherOptions};

impl ToTflite for Gather {
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
        let narrow_indices = site.input(1).dtype == DType::I16;
        match *self {
            Self::Real => {
                let per_axis = matches!(site.input(0).quant, Quant::PerAxis { .. });
                Layer::new(BuiltinOperator::EmbeddingLookup, site)
                    .reading(Input::operands([1, 0]))
                    .version(if per_axis { 4 } else { 1 })
                    .written()
            }
            Self::Nd => {
                let by_type = by_type(site, &[(DType::I16, 3), (DType::Bool, 5)]);
                Layer::new(BuiltinOperator::GatherNd, site)
                    .version(if narrow_indices { by_type.max(4) } else { by_type })
                    .written()
            }
            Self::Axis { axis, batch_dims } => {
                let options = GatherOptions { axis: axis as i32, batch_dims: batch_dims as i32 };
                let types = [(DType::I8, 2), (DType::Bool, 3), (DType::I16, 4)];
                let version = match batch_dims {
                    _ if narrow_indices => 6,
                    0 => by_type(site, &types),
                    _ => 5,
                };
                Layer::new(BuiltinOperator::Gather, site)
                    .with(BuiltinOptions::GatherOptions(Box::new(options)))
                    .version(version)
                    .written()
            }
        }
    }
}
