//! Arithmetic on the values of a build.

use super::{Build, Term};
use crate::ops::add::Add;
use crate::ops::compare::{Compare, Relation};
use crate::ops::div::Div;
use crate::ops::elementwise::Function as F;
use crate::ops::mul::Mul;
use crate::ops::pairwise::{Function as P, Pairwise};
use crate::ops::reduce::{Function as R, Reduce};
use crate::ops::select::Select;
use crate::ops::sub::Sub;
use crate::ops::{Activation, Op, OpError};
use crate::tensor::{DType, Quant};

impl Build<'_> {
    pub(super) fn add(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(
            Add { activation: Activation::None, shifting: false, rounding: self.layer.rounding },
            a,
            b,
        )
    }

    pub(super) fn subtract(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(
            Sub { activation: Activation::None, shifting: false, rounding: self.layer.rounding },
            a,
            b,
        )
    }

    pub(super) fn multiply(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(Mul { activation: Activation::None, rounding: self.layer.rounding }, a, b)
    }

    pub(super) fn divide(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(Div { activation: Activation::None, rounding: self.layer.rounding }, a, b)
    }

    /// The operator on two values; small integers, which mean themselves here, are computed with as
    /// int32 and cut to their type again.
    pub(super) fn widened(&mut self, op: impl Into<Op>, a: Term, b: Term) -> Result<Term, OpError> {
        let dtype = self.dtype(a);
        if !self.is_small(a) {
            return self.apply(op, &[a, b]);
        }
        let (a, b) = (self.cast(a, DType::I32)?, self.cast(b, DType::I32)?);
        let result = self.apply(op, &[a, b])?;
        match self.dtype(result) {
            DType::Bool => Ok(result),
            _ => self.cast(result, dtype),
        }
    }

    /// Whether a value holds small integers that mean themselves.
    pub(super) fn is_small(&self, x: Term) -> bool {
        let ty = self.ty(x);
        matches!(ty.dtype, DType::I8 | DType::U8 | DType::I16) && ty.quant == Quant::None
    }

    pub(super) fn pairwise(&mut self, function: P, a: Term, b: Term) -> Result<Term, OpError> {
        self.apply(Pairwise { function }, &[a, b])
    }

    pub(super) fn greatest(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(Pairwise { function: P::Maximum }, a, b)
    }

    pub(super) fn least(&mut self, a: Term, b: Term) -> Result<Term, OpError> {
        self.widened(Pairwise { function: P::Minimum }, a, b)
    }

    pub(super) fn compare(
        &mut self,
        relation: Relation,
        a: Term,
        b: Term,
    ) -> Result<Term, OpError> {
        self.widened(Compare { relation }, a, b)
    }

    /// `a` where `condition` holds, else `b`.
    pub(super) fn choose(&mut self, condition: Term, a: Term, b: Term) -> Result<Term, OpError> {
        self.apply(Select { slices: false }, &[a, b, condition])
    }

    /// `factor x + offset`.
    pub(super) fn affine(&mut self, x: Term, factor: f32, offset: f32) -> Result<Term, OpError> {
        let mut y = x;
        if factor.to_bits() != 1f32.to_bits() {
            let factor = self.float(factor);
            y = self.multiply(y, factor)?;
        }
        if offset != 0.0 {
            let offset = self.float(offset);
            y = self.add(y, offset)?;
        }
        Ok(y)
    }

    /// At least 0.
    pub(super) fn rectify(&mut self, x: Term) -> Result<Term, OpError> {
        self.function(F::Relu, x)
    }

    /// At most 0.
    pub(super) fn negative_part(&mut self, x: Term) -> Result<Term, OpError> {
        let zero = self.float(0.0);
        self.least(x, zero)
    }

    /// `1 / x`.
    pub(super) fn reciprocal(&mut self, x: Term) -> Result<Term, OpError> {
        let one = self.float(1.0);
        self.divide(one, x)
    }

    /// One number for all elements along some axes.
    pub(super) fn reduce(
        &mut self,
        function: R,
        x: Term,
        axes: &[usize],
        keep_dims: bool,
    ) -> Result<Term, OpError> {
        self.apply(
            Reduce { function, axes: axes.to_vec(), keep_dims, rounding: self.layer.rounding },
            &[x],
        )
    }
}

impl Build<'_> {
    /// `factor x`.
    pub(super) fn affine_if(&mut self, x: Term, factor: f32) -> Result<Term, OpError> {
        self.affine(x, factor, 0.0)
    }
}
