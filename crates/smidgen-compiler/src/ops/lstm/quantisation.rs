//! Multipliers and zero points of integer LSTMs.
//!
//! TFLite Micro computes multipliers in double precision, LiteRT in single precision and with the
//! scales of the layer's intermediate tensors.

use super::form::{Direction, Form, Gate, Part};
use super::{Function, Lstm, Nonlinearity};
use crate::ops::common::sigmoid_s16::Sigmoid;
use crate::ops::{OpError, Site};
use crate::tensor::{DType, Multiplier, Rounding};

/// Scale of the gates before their non-linear function, and of what comes out of it.
pub(super) const GATE_SCALE: f32 = 1.0 / 4096.0;
const UNIT: f64 = 1.0 / 32768.0;

/// What turns the sums of one gate into numbers of 12 fraction bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GateScales {
    pub weights: Multiplier,
    pub recurrent: Multiplier,
    pub peephole: Multiplier,
    pub norm: Multiplier,
    /// The variance that stands for one below 1.
    pub guard: i32,
}

/// Multipliers and zero points of one direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scales {
    /// One for each gate with parameters.
    pub gates: Vec<GateScales>,
    pub input_zero_point: i32,
    pub hidden_zero_point: i32,
    /// Binary logarithm of the cells' scale.
    pub cell_power: i32,
    /// Bound of the cells.
    pub cell_clip: Option<i32>,
    /// From a product of 30 fraction bits to an output before its projection.
    pub inner: Multiplier,
    /// What is added to that.
    pub inner_zero_point: i32,
    pub projection: Multiplier,
    pub projection_clip: Option<i32>,
}

/// Element types, quantisation and parts that the integer arithmetic takes.
pub(super) fn check(op: &Lstm, site: &Site) -> Result<(), OpError> {
    let dtype = site.input(0).dtype;
    if matches!(op.function, Function::Both { .. }) {
        return Err(OpError::unsupported(format!("element type `{dtype}` is not supported")));
    }
    if op.activation != Nonlinearity::Tanh {
        return Err(OpError::unsupported("integers have no activation but TANH")
            .hint("TFLite's interpreters would ignore it"));
    }
    for direction in op.site_directions(site) {
        for part in direction.form.parts() {
            check_part(site, direction, part)?;
        }
        let form = direction.form;
        if op.rounding == Rounding::Tflm && form != Form::BASIC {
            return Err(OpError::unsupported("the form needs LiteRT's arithmetic"));
        }
        if op.rounding == Rounding::Litert && dtype != DType::I8 {
            return Err(OpError::unsupported(format!("LiteRT has no LSTM of {dtype}")));
        }
        if form.peephole && form.projection.exists() && direction.outputs != direction.cells {
            return Err(OpError::unsupported(
                "peepholes with a projection to another number of outputs are not supported",
            )
            .hint("LiteRT applies them to some of the cells alone"));
        }
        Scales::new(op, site, &direction)?;
    }
    Ok(())
}

fn check_part(site: &Site, direction: Direction, part: Part) -> Result<(), OpError> {
    let operand = direction.operand(part);
    let (ty, dtype) = (site.input(operand), site.input(0).dtype);
    let wanted = match part {
        Part::Weights(_) | Part::Recurrent(_) | Part::Projection => DType::I8,
        Part::Peephole(_) | Part::Norm(_) | Part::Cell => DType::I16,
        Part::Bias(_) if dtype == DType::I16 => DType::I64,
        Part::Bias(_) | Part::ProjectionBias => DType::I32,
        Part::Hidden => dtype,
    };
    if ty.dtype != wanted {
        let text = format!("operand {operand} must be {wanted}, not {}", ty.dtype);
        return Err(OpError::unsupported(text));
    }
    if wanted == DType::I8 && part != Part::Hidden && site.input_quant(operand)?.1 != 0 {
        let text = format!("the weights (operand {operand}) must have zero point 0");
        return Err(OpError::unsupported(text));
    }
    Ok(())
}

impl Scales {
    /// The hyperbolic tangent of cells, as TFLite Micro has it.
    pub(super) fn cell_tanh(&self) -> Sigmoid {
        Sigmoid::tanh(2f32.powi(self.cell_power))
    }

    /// Reads the quantisation of a direction.
    pub(super) fn new(op: &Lstm, site: &Site, direction: &Direction) -> Result<Self, OpError> {
        let quant = |part| site.input_quant(direction.operand(part));
        let (cell_scale, _) = quant(Part::Cell)?;
        // A positive power of two has no fraction bits.
        let cell_power = (cell_scale.to_bits() >> 23) as i32 - 127;
        if cell_scale.to_bits() << 9 != 0 || !(-15..=-9).contains(&cell_power) {
            return Err(OpError::unsupported(format!(
                "the cells' scale `{cell_scale}` is no power of two from 2^-15 to 2^-9"
            )));
        }
        let (input_scale, input_zero_point) = site.input_quant(0)?;
        let (hidden_scale, hidden_zero_point) = quant(Part::Hidden)?;
        let gates = direction.form.gates().iter().map(|&gate| match op.rounding {
            Rounding::Tflm | Rounding::Onnx => {
                let real = |scale: f32, part| {
                    let weights = quant(part)?.0;
                    let real = f64::from(scale) * f64::from(weights) / f64::from(GATE_SCALE);
                    narrow(Multiplier::from_real(real), site.input(0).dtype)
                };
                Ok(GateScales {
                    weights: real(input_scale, Part::Weights(gate))?,
                    recurrent: real(hidden_scale, Part::Recurrent(gate))?,
                    peephole: Multiplier::from_real(0.0),
                    norm: Multiplier::from_real(0.0),
                    guard: 1,
                })
            }
            Rounding::Litert => {
                litert_gate(op, site, direction, gate, [input_scale, hidden_scale, cell_scale])
            }
        });
        let gates = gates.collect::<Result<Vec<_>, OpError>>()?;
        let cell_clip = match op.rounding {
            Rounding::Tflm | Rounding::Onnx => {
                let bound = f64::from(op.cell_clip) / f64::from(cell_scale);
                (op.cell_clip > 0.0).then_some(bound.min(32767.0) as i32)
            }
            Rounding::Litert => quantised_clip(op.cell_clip, cell_scale, 32767.0),
        };
        let (inner_scale, inner_zero_point) = match op.rounding {
            Rounding::Tflm | Rounding::Onnx => (hidden_scale, hidden_zero_point),
            Rounding::Litert => inner(op)?,
        };
        let (inner, projection) = match op.rounding {
            Rounding::Tflm | Rounding::Onnx => (UNIT * UNIT / f64::from(hidden_scale), 0.0),
            Rounding::Litert => {
                let unit = UNIT / f64::from(inner_scale) * UNIT;
                let projected = if direction.form.projection.exists() {
                    f64::from(quant(Part::Projection)?.0 * inner_scale / hidden_scale)
                } else {
                    0.0
                };
                (f64::from(unit as f32), projected)
            }
        };
        Ok(Self {
            gates,
            input_zero_point,
            hidden_zero_point,
            cell_power,
            cell_clip,
            inner: Multiplier::from_real(inner),
            inner_zero_point,
            projection: Multiplier::from_real(projection),
            projection_clip: quantised_clip(op.projection_clip, hidden_scale, 127.0),
        })
    }
}

/// A multiplier that the arithmetic of `dtype` can use: that of int16 shifts sums of 64 bits.
fn narrow(multiplier: Multiplier, dtype: DType) -> Result<Multiplier, OpError> {
    if dtype == DType::I16 && multiplier.shift > 7 {
        return Err(OpError::unsupported("scales of weights are too large for int16"));
    }
    Ok(multiplier)
}

/// LiteRT's bound, where one that is rounded to 0 does not count.
fn quantised_clip(clip: f32, scale: f32, most: f32) -> Option<i32> {
    Some((clip / scale).min(most) as i32).filter(|&bound| bound > 0)
}

/// Scale and zero point of the outputs before their projection.
fn inner(op: &Lstm) -> Result<(f32, i32), OpError> {
    let Some(&inner) = op.intermediates.get(4).filter(|_| op.intermediates.len() == 5) else {
        let text = format!(
            "{} of 5 intermediate tensors are quantised, as LiteRT's int8 arithmetic needs them",
            op.intermediates.len()
        );
        return Err(OpError::unsupported(text).hint("convert the model again, or choose `tflm`"));
    };
    let legal = |&(scale, zero): &(f32, i32)| {
        scale.is_finite() && scale > 0.0 && (-32768..=32767).contains(&zero)
    };
    // Those of the gates count where gates are normalised.
    let normalised = op.directions.iter().any(|form| form.norm);
    let first = if normalised { 0 } else { 4 };
    if !op.intermediates[first..].iter().all(legal) || !(-128..=127).contains(&inner.1) {
        return Err(OpError::inconsistent("an intermediate tensor has an illegal scale"));
    }
    Ok(inner)
}

fn litert_gate(
    op: &Lstm,
    site: &Site,
    direction: &Direction,
    gate: Gate,
    [input_scale, hidden_scale, cell_scale]: [f32; 3],
) -> Result<GateScales, OpError> {
    inner(op)?;
    let form = direction.form;
    let scale = |part| site.input_quant(direction.operand(part)).map(|(scale, _)| scale);
    let position = Gate::ALL.iter().position(|&other| other == gate);
    let result = match position {
        Some(position) if form.norm => op.intermediates[position].0,
        _ => GATE_SCALE,
    };
    let multiplier = |real: f32| Multiplier::from_real(f64::from(real));
    let peephole = match gate {
        Gate::Cell => 0.0,
        _ if form.peephole => {
            let weights = f64::from(scale(Part::Peephole(gate))?);
            (f64::from(cell_scale) * weights / f64::from(result)) as f32
        }
        _ => 0.0,
    };
    let norm = if form.norm { scale(Part::Norm(gate))? } else { 1.0 };
    // It is shifted by 12 bits more.
    if multiplier(norm).shift > 18 {
        return Err(OpError::unsupported(format!("the scale `{norm}` of a factor is too large")));
    }
    Ok(GateScales {
        weights: multiplier(scale(Part::Weights(gate))? * input_scale / result),
        recurrent: multiplier(scale(Part::Recurrent(gate))? * hidden_scale / result),
        peephole: multiplier(peephole),
        norm: multiplier(norm),
        guard: ((10000.0 * norm) as i32).max(1),
    })
}
