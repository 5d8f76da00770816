//! Functions of one element: magnitudes, roundings, roots, exponentials, activations.
//!
//! Input: a tensor of a type that the function takes. Output: the same type and shape; quantised
//! integers may have another scale and zero point.
//!
//! Another function is a variant of [`Function`] with its row, its value in single precision, and a
//! line in `functions_f32.h`; where it takes integers, also what `integers.rs` and `quantised.rs` say
//! of it.

pub(super) mod cases;
mod export;
mod function;
mod import;
mod int16;
mod int8;
mod integers;
mod kernels;
mod quantised;
mod slopes;

pub use function::Function;

use super::common::unary;
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Quant, Rounding, Shape, TensorType};

/// A function of each element.
#[derive(Debug, Clone, PartialEq)]
pub struct Elementwise {
    /// What is computed.
    pub function: Function,
    /// Whose integer results are the contract.
    pub rounding: Rounding,
}

impl OpDef for Elementwise {
    const NAME: &'static str = "ELEMENTWISE";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I16, DType::F32, DType::I32, DType::I64, DType::Bool];
    const KERNELS: &'static [Kernel<Self>] = kernels::TABLE;

    fn name(&self) -> &'static str {
        self.function.name()
    }

    fn is_elementwise(&self) -> bool {
        true
    }

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer(inputs, None)
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(self.function.types())?;
        self.function.check()?;
        if self.is_quantised(site) { quantised::check(self, site) } else { Ok(()) }
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        match inputs[0] {
            Data::F32(_) => unary::eval_f32(inputs[0], |x| self.function.of_f32(x)),
            Data::I8(_) => unary::eval_s8(inputs[0], int8::function(self, site).0),
            Data::I16(x) if self.is_quantised(site) => {
                let form = int16::Form::new(self, site);
                vec![Data::I16(x.iter().map(|&x| form.apply(x)).collect())]
            }
            integers => vec![integers::eval(self.function, integers)],
        }
    }
}

impl Elementwise {
    /// Whether the elements stand for real numbers: int8, and int16 with a scale.
    fn is_quantised(&self, site: &Site) -> bool {
        match site.input(0).dtype {
            DType::I8 => true,
            DType::I16 => {
                let plain =
                    [site.input(0), site.output(0)].iter().all(|ty| ty.quant == Quant::None);
                !(plain && self.function.takes_plain_int16())
            }
            _ => false,
        }
    }
}
