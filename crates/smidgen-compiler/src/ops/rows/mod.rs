//! `ROWS`: operators that a pass has joined because each row of their results depends on the same row
//! of their operands alone. They are computed row by row, so that what is between them takes no more
//! memory than a row.
//!
//! Inputs: tensors of any element types and quantisations, each a row again and again or one row for
//! all. Output: one tensor. It is computed by the operators' own references and kernels.

pub(super) mod cases;
mod export;
mod import;
mod lower;

use super::{Kernel, Op, OpDef, OpError, Operand, Site};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Operators that are computed row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// How many rows there are.
    pub count: usize,
    /// What a row sees of the inputs, in order.
    pub operands: Vec<RowOperand>,
    /// The operators, each after those whose results it reads; the last makes the output. Each is
    /// element-wise, or makes one element of a row.
    pub parts: Vec<Part>,
    /// The output's shape.
    pub shape: Shape,
}

/// What a row sees of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct RowOperand {
    /// Its type in a row: one element, or as many as the longest row has.
    pub ty: TensorType,
    /// Whether each row has elements of its own, and does not share them with all others.
    pub moves: bool,
}

/// An operator on a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The operator.
    pub op: Op,
    /// Its operands in order.
    pub inputs: Vec<Link>,
    /// The type of its only result.
    pub ty: TensorType,
}

/// Where an operand of a part comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// From the input of this index.
    Operand(usize),
    /// From the part of this index.
    Part(usize),
}

impl OpDef for Rows {
    const NAME: &'static str = "ROWS";
    const TYPES: &'static [DType] = &[DType::F32, DType::I8, DType::I16];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "rows", needs: &[], accepts: |_, _| true, lower: lower::lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let fits = |(ty, operand): (&&TensorType, &RowOperand)| {
            let rows = if operand.moves { self.count } else { 1 };
            let elements = operand.ty.shape.elements().checked_mul(rows);
            ty.dtype == operand.ty.dtype && Some(ty.shape.elements()) == elements
        };
        let last = self.parts.last().map(|part| &part.ty);
        let elements = last.and_then(|ty| ty.shape.elements().checked_mul(self.count));
        let (Some(last), true) = (last, elements == Some(self.shape.elements())) else {
            return Err(OpError::inconsistent("its rows do not fill its output"));
        };
        if inputs.len() != self.operands.len() || !inputs.iter().zip(&self.operands).all(fits) {
            return Err(OpError::inconsistent("its operands are not those of its rows"));
        }
        Ok(vec![(last.dtype, self.shape.clone())])
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        for (index, part) in self.parts.iter().enumerate() {
            let known = |link: &Link| match *link {
                Link::Operand(i) => i < self.operands.len(),
                Link::Part(i) => i < index,
            };
            if !part.inputs.iter().all(known) {
                return Err(OpError::inconsistent("a part reads what is not there yet"));
            }
            let row = self.site(part);
            let types: Vec<&TensorType> = row.inputs.iter().map(|operand| operand.ty).collect();
            if part.op.infer(&types)? != [(part.ty.dtype, part.ty.shape.clone())] {
                return Err(OpError::inconsistent("a part makes no row of its type"));
            }
            part.op.check(&row)?;
        }
        let inner = self.operands.iter().map(|operand| &operand.ty);
        let inner = inner.chain(self.parts.last().map(|part| &part.ty));
        let outer =
            site.inputs.iter().map(|operand| operand.ty).chain(site.outputs.first().copied());
        if inner.zip(outer).any(|(inner, outer)| inner.quant != outer.quant) {
            return Err(OpError::inconsistent("its rows are quantised in another way"));
        }
        Ok(())
    }

    fn work(&self, site: &Site) -> u64 {
        let row = |part: &Part| part.op.work(&self.site(part));
        let rows: u64 = self.parts.iter().map(row).fold(0, u64::saturating_add);
        rows.saturating_mul(self.count as u64).max(site.output(0).shape.elements() as u64)
    }

    fn eval(&self, _: &Site, inputs: &[&Data]) -> Vec<Data> {
        let whole = "rows are whole elements";
        let inputs: Vec<Vec<u8>> = inputs.iter().map(|data| data.to_le_bytes()).collect();
        let mut output = Vec::new();
        for row in 0..self.count {
            let operand = |(operand, bytes): (&RowOperand, &Vec<u8>)| {
                let start = if operand.moves { row * operand.ty.bytes() } else { 0 };
                let bytes = &bytes[start..start + operand.ty.bytes()];
                Data::from_le_bytes(operand.ty.dtype, bytes).expect(whole)
            };
            let operands: Vec<Data> = self.operands.iter().zip(&inputs).map(operand).collect();
            let mut results: Vec<Data> = Vec::with_capacity(self.parts.len());
            for part in &self.parts {
                let read = |link: &Link| match *link {
                    Link::Operand(i) => &operands[i],
                    Link::Part(i) => &results[i],
                };
                let data: Vec<&Data> = part.inputs.iter().map(read).collect();
                let result = part.op.eval(&self.site(part), &data).pop();
                results.push(result.expect("a part has one result"));
            }
            output.extend(results.last().expect("there is a part").to_le_bytes());
        }
        vec![
            Data::from_le_bytes(self.parts.last().expect("there is a part").ty.dtype, &output)
                .expect(whole),
        ]
    }
}

impl Rows {
    /// Whether an operator can be a part. `ADD_N` cannot: its kernel keeps sums of a whole row.
    pub fn takes(op: &Op) -> bool {
        match op {
            Op::AddN(_) => false,
            Op::Reduce(_) => true,
            op => op.is_elementwise(),
        }
    }

    /// The type of an operand of a part.
    fn ty(&self, link: Link) -> &TensorType {
        match link {
            Link::Operand(i) => &self.operands[i].ty,
            Link::Part(i) => &self.parts[i].ty,
        }
    }

    /// The surroundings of a part in a row.
    fn site<'a>(&'a self, part: &'a Part) -> Site<'a> {
        let operand = |&link: &Link| Operand { ty: self.ty(link), constant: None };
        Site { inputs: part.inputs.iter().map(operand).collect(), outputs: vec![&part.ty] }
    }
}
