//! The loops over rows and their elements, in which the parts' own kernels work on one element.

use super::{Link, Part, RowOperand, Rows};
use crate::ops::{Arg, Base, COMMON, Call, Loops, Lowered, Lowering, Operand, Site};
use crate::tensor::{DType, Shape, TensorType};
use smidgen_target::Features;

/// Bytes to which rows in scratch memory are aligned.
const ALIGN: usize = 8;

pub(super) fn lower(op: &Rows, site: &Site) -> Lowering {
    let order = Order::new(op);
    let Places { results: places, scratch_bytes, variables } = Places::new(op, &order);
    let mut code = Lowered { sources: vec![COMMON], scratch_bytes, ..Lowered::default() };
    let mut loops = Loops { rows: op.count, elements: op.length(), ranges: vec![], variables };
    let last = op.parts.len() - 1;
    for stage in 0..=order.stage[last] {
        let here = |&index: &usize| order.stage[index] == stage;
        for index in (0..=last).filter(here).filter(|&index| !op.is_long(Link::Part(index))) {
            append(op, site, index, &places, &mut code);
        }
        let first = code.calls.len();
        for index in (0..=last).filter(here).filter(|&index| op.is_long(Link::Part(index))) {
            append(op, site, index, &places, &mut code);
        }
        if code.calls.len() > first {
            loops.ranges.push(first..code.calls.len());
        }
    }
    Lowering::Rows(code, loops)
}

impl Rows {
    /// Bytes of the rows that are kept until all their elements are known.
    pub fn scratch_bytes(&self) -> usize {
        Places::new(self, &Order::new(self)).scratch_bytes
    }

    /// Elements of the longest row.
    fn length(&self) -> usize {
        let operands = self.operands.iter().map(|operand| &operand.ty);
        let types = operands.chain(self.parts.iter().map(|part| &part.ty));
        types.map(|ty| ty.shape.elements()).max().unwrap_or(1)
    }

    /// Whether there is a row of elements, not one element.
    fn is_long(&self, link: Link) -> bool {
        self.ty(link).shape.elements() > 1
    }

    /// Whether a part makes one element of a row.
    fn is_reduction(&self, part: &Part) -> bool {
        part.ty.shape.elements() == 1 && part.inputs.iter().any(|&link| self.is_long(link))
    }
}

/// In which loop over the elements each part is computed.
struct Order {
    /// For each part, the loop: single elements are computed before the loop of their stage.
    stage: Vec<usize>,
    /// Whether all elements of a row are kept until later.
    kept: Vec<bool>,
}

impl Order {
    fn new(op: &Rows) -> Self {
        let mut stage: Vec<usize> = Vec::with_capacity(op.parts.len());
        for part in &op.parts {
            let ready = |link: &Link| match *link {
                Link::Operand(_) => 0,
                Link::Part(i) if op.is_reduction(part) && op.is_long(*link) => stage[i] + 1,
                Link::Part(i) => stage[i],
            };
            stage.push(part.inputs.iter().map(ready).max().unwrap_or(0));
        }
        let mut kept = vec![false; stage.len()];
        for index in (0..stage.len()).rev().filter(|&index| op.is_long(Link::Part(index))) {
            let reads = |part: &Part| part.inputs.contains(&Link::Part(index));
            // Computed as late as possible, it need not be kept.
            let readers = op.parts.iter().enumerate().skip(index + 1);
            let users: Vec<_> = readers.filter(|(_, part)| reads(part)).collect();
            let reduced = users.iter().any(|(_, part)| op.is_reduction(part));
            let stages: Vec<usize> = users.iter().map(|&(reader, _)| stage[reader]).collect();
            if !reduced && let Some(latest) = stages.iter().copied().min() {
                stage[index] = latest;
            }
            kept[index] = reduced || stages.iter().any(|&reader| reader != stage[index]);
        }
        Self { stage, kept }
    }
}

/// Where the parts' results lie.
struct Places {
    results: Vec<Arg>,
    scratch_bytes: usize,
    variables: Vec<DType>,
}

impl Places {
    fn new(op: &Rows, order: &Order) -> Self {
        let mut places = Self { results: vec![], scratch_bytes: 0, variables: vec![] };
        for (index, part) in op.parts.iter().enumerate() {
            let elements = part.ty.shape.elements();
            places.results.push(if index + 1 == op.parts.len() {
                Arg::Moving(Base::Output(0), [elements, usize::from(elements > 1)])
            } else if order.kept[index] {
                let start = places.scratch_bytes.next_multiple_of(ALIGN);
                places.scratch_bytes = start + part.ty.bytes();
                Arg::Moving(Base::Scratch(start, part.ty.dtype), [0, 1])
            } else {
                places.variables.push(part.ty.dtype);
                Arg::Moving(Base::Variable(places.variables.len() - 1), [0, 0])
            });
        }
        places
    }
}

/// Adds the calls of a part.
fn append(op: &Rows, site: &Site, index: usize, places: &[Arg], code: &mut Lowered) {
    let part = &op.parts[index];
    let single = Shape::new([1]).expect("one element is few");
    let one = |ty: &TensorType| {
        let shape = if op.is_reduction(part) { &ty.shape } else { &single };
        TensorType { shape: shape.clone(), ..ty.clone() }
    };
    let types: Vec<TensorType> = part.inputs.iter().map(|&link| one(op.ty(link))).collect();
    let output = one(&part.ty);
    let operand = |(ty, &link)| {
        let constant = match link {
            Link::Operand(i) if !op.operands[i].moves && !op.is_long(link) => site.constant(i),
            _ => None,
        };
        Operand { ty, constant }
    };
    let inputs = types.iter().zip(&part.inputs).map(operand).collect();
    let inner = Site { inputs, outputs: vec![&output] };
    let input = |k: usize| match part.inputs[k] {
        Link::Part(i) => match places[i] {
            // A reduction reads the row from its start.
            Arg::Moving(base, [row, _]) if op.is_reduction(part) => Arg::Moving(base, [row, 0]),
            place => place,
        },
        Link::Operand(i) => {
            let (elements, moves) = (op.operands[i].ty.shape.elements(), op.operands[i].moves);
            let element = usize::from(elements > 1 && !op.is_reduction(part));
            Arg::Moving(Base::Input(i), [if moves { elements } else { 0 }, element])
        }
    };
    let lowering = part.op.lower(&inner, &Features::default());
    let part_code = match lowering.expect("element-wise operators and reductions have kernels") {
        Lowering::Code(part_code) | Lowering::Rows(part_code, _) => part_code,
        Lowering::View => copying(output.bytes()),
    };
    let constants = code.constants.len();
    let argument = |&(name, arg): &(&'static str, Arg)| {
        let arg = match arg {
            Arg::Input(k) => input(k),
            Arg::Output(_) => places[index],
            Arg::Constant(k) => Arg::Constant(constants + k),
            number => number,
        };
        (name, arg)
    };
    for call in &part_code.calls {
        let args = call.args.iter().map(argument).collect();
        code.calls.push(Call { function: call.function, args });
    }
    let known = |source| code.sources.contains(source);
    let sources: Vec<_> = part_code.sources.iter().filter(|s| !known(s)).copied().collect();
    code.sources.extend(sources);
    code.constants.extend(part_code.constants);
    if index + 1 == op.parts.len() {
        code.in_place = overwritable(op, &part_code.in_place);
    }
}

/// Code of a part whose result has the bytes of its operand.
fn copying(bytes: usize) -> Lowered {
    let args = vec![("from", Arg::Input(0)), ("to", Arg::Output(0)), ("bytes", Arg::size(bytes))];
    let calls = vec![Call { function: "smidgen_copy_bytes", args }];
    Lowered { sources: vec![COMMON], calls, ..Lowered::default() }
}

/// Inputs whose memory the output may take, given those of the last part: an element is written after
/// all that read it.
fn overwritable(op: &Rows, of_last: &[usize]) -> Vec<usize> {
    let last = op.parts.last().expect("there is a part");
    let bytes = last.ty.bytes();
    let fits = |&i: &usize| {
        let mut direct =
            last.inputs.iter().enumerate().filter(|(_, link)| **link == Link::Operand(i));
        let RowOperand { ty, moves } = &op.operands[i];
        *moves
            && ty.bytes() == bytes
            && ty.shape == last.ty.shape
            && direct.all(|(k, _)| of_last.contains(&k))
    };
    (0..op.operands.len()).filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Op;

    #[test]
    fn parts_have_kernels_that_need_no_more_than_their_operands() {
        let mut seen = 0;
        for case in Op::cases().into_iter().flat_map(|(_, cases)| cases) {
            // A row has one axis.
            let flat = case.inputs.iter().all(|(ty, _)| ty.shape.rank() <= 1);
            if !Rows::takes(&case.op) || (matches!(case.op, Op::Reduce(_)) && !flat) {
                continue;
            }
            let inputs = case.inputs.iter();
            let inputs = inputs.map(|(ty, data)| Operand { ty, constant: data.as_ref() }).collect();
            let site = Site { inputs, outputs: case.outputs.iter().collect() };
            let lowering = case.op.lower(&site, &Features::default()).unwrap();
            let Lowering::Code(code) = lowering else { continue };
            seen += 1;
            assert_eq!(code.scratch_bytes, 0, "{}", case.name);
            let args = code.calls.iter().flat_map(|call| &call.args);
            for (_, arg) in args {
                let whole = matches!(arg, Arg::Input(_) | Arg::Output(0) | Arg::Constant(_));
                assert!(whole || matches!(arg, Arg::Int(_) | Arg::Float(_)), "{}", case.name);
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
