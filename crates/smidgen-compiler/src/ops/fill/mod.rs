//! `FILL` and `ZEROS_LIKE`: one element again and again.
//!
//! Input: the element; any tensor where the element is an attribute. Output: [`Fill::shape`].

pub(super) mod cases;
mod export;
mod import;

use super::common::movement::{self, Loop, Origin, Transfer};
use super::{Kernel, OpDef, OpError, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a filling.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// The output's shape.
    pub shape: Shape,
    /// Whether the output holds the number 0, as it is stored, in place of the input.
    pub zeros: bool,
}

impl OpDef for Fill {
    const NAME: &'static str = "FILL";
    const TYPES: &'static [DType] = movement::TYPES;
    const KERNELS: &'static [Kernel<Self>] = &[Kernel {
        name: "fill_move",
        needs: &[],
        accepts: |_, _| true,
        lower: |op, site| movement::lower_as_code(&op.transfers(site), site),
    }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let [x] = inputs else { return Err(OpError::inconsistent("needs one input")) };
        if self.zeros || x.shape.elements() == 1 {
            return Ok(vec![(x.dtype, self.shape.clone())]);
        }
        let text = format!("the value of shape {} must be one element", x.shape);
        Err(OpError::inconsistent(text))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check(site, Self::TYPES)
    }

    fn known(&self, site: &Site) -> Option<Vec<Data>> {
        let zeros = || Data::zeros(site.output(0).dtype, self.shape.elements());
        self.zeros.then(|| vec![zeros()])
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        movement::eval(&self.transfers(site), site, inputs)
    }
}

impl Fill {
    fn transfers(&self, site: &Site) -> Vec<Transfer> {
        let elements = self.shape.elements();
        if self.zeros {
            return vec![Transfer::fill(Data::zeros(site.output(0).dtype, 1), 0, elements)];
        }
        let loops = vec![Loop::new(elements, 0, 1)];
        vec![Transfer { source: Origin::Input(0, 0), output: 0, first: 0, loops }]
    }
}
