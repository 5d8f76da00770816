//! C code of data movement.

use super::{Loop, Origin, Transfer, step};
use crate::ops::common::{COMMON, MOVE};
use crate::ops::{Arg, CArray, Call, Constant, Lowered, Lowering, Site};
use crate::tensor::Data;

/// Parameter names of the loops of `smidgen_move` and `smidgen_move_deep`.
const NAMES: [[&str; 3]; 8] = [
    ["n0", "from0", "to0"],
    ["n1", "from1", "to1"],
    ["n2", "from2", "to2"],
    ["n3", "from3", "to3"],
    ["n4", "from4", "to4"],
    ["n5", "from5", "to5"],
    ["n6", "from6", "to6"],
    ["n7", "from7", "to7"],
];

/// Code that makes the transfers; none if the only output is input 0 byte for byte. A constant is
/// copied all the same: kernels may read words of activations, but constants are aligned less.
pub(in crate::ops) fn lower(transfers: &[Transfer], site: &Site) -> Lowering {
    if let [only] = transfers
        && site.outputs.len() == 1
        && site.constant(0).is_none()
        && only.source == Origin::Input(0, 0)
        && only.first == 0
        && is_line(&collapsed(&only.loops), site.input(0).shape.elements())
    {
        return Lowering::View;
    }
    lower_as_code(transfers, site)
}

/// Code that makes the transfers.
pub(in crate::ops) fn lower_as_code(transfers: &[Transfer], site: &Site) -> Lowering {
    let mut lowered = Lowered { sources: vec![COMMON, MOVE], ..Lowered::default() };
    for transfer in transfers {
        push_calls(transfer, site, &mut lowered);
    }
    Lowering::Code(lowered)
}

fn is_line(loops: &[Loop], elements: usize) -> bool {
    match loops {
        [] => elements == 1,
        [line] => *line == Loop { count: elements, from: 1, to: 1 },
        _ => false,
    }
}

/// Adds the call that makes a transfer; several where it has more loops than the C function.
fn push_calls(transfer: &Transfer, site: &Site, lowered: &mut Lowered) {
    let shape = shaped(transfer, site, 0, lowered);
    let (function, depth) = match shape.loops.len() {
        0..=4 => ("smidgen_move", 4),
        5..=8 => ("smidgen_move_deep", 8),
        _ => return unrolled(transfer).iter().for_each(|part| push_calls(part, site, lowered)),
    };
    let mut args = vec![("from", shape.from), ("to", shape.to)];
    args.extend(loop_args(shape.unit, shape.loops, depth));
    lowered.calls.push(Call { function, args });
}

/// A transfer as C code makes it; all steps count bytes.
pub(super) struct Shaped {
    pub from: Arg,
    pub to: Arg,
    /// Bytes that are moved at once.
    pub unit: usize,
    pub loops: Vec<Loop>,
}

/// Finds the fewest loops and the widest unit. Places may also be moved by multiples of `shift`
/// bytes.
pub(super) fn shaped(
    transfer: &Transfer,
    site: &Site,
    shift: usize,
    lowered: &mut Lowered,
) -> Shaped {
    let bytes = site.output(transfer.output).dtype.bytes();
    let mut loops: Vec<_> = transfer.loops.iter().map(|l| scaled(*l, bytes)).collect();
    loops.push(Loop::new(bytes, 1, 1));
    let to_first = (transfer.first * bytes) | shift;
    let (from, from_first, align) = match &transfer.source {
        // A constant of the model is aligned as its elements are, an activation to words.
        Origin::Input(input, first) => {
            let align = if site.constant(*input).is_some() { bytes.min(4) } else { 4 };
            (Arg::InputAt(*input, *first), first * bytes, align)
        }
        Origin::Output(output, first) => (Arg::OutputAt(*output, *first), first * bytes, 4),
        Origin::Data(data) if data.len() == 1 => {
            loops = widened(collapsed(&loops), to_first);
            (Arg::Constant(constant(repeated(data), &mut lowered.constants)), 0, 4)
        }
        Origin::Data(data) => {
            let data = CArray::from(data);
            (Arg::Constant(constant(data, &mut lowered.constants)), 0, bytes.min(4))
        }
    };
    let (unit, loops) = in_units(collapsed(&loops), from_first | to_first, align);
    Shaped { from, to: Arg::OutputAt(transfer.output, transfer.first), unit, loops }
}

/// The arguments of a C function that has `depth` loops.
pub(super) fn loop_args(
    unit: usize,
    loops: Vec<Loop>,
    depth: usize,
) -> impl Iterator<Item = (&'static str, Arg)> {
    let idle = std::iter::repeat_n(Loop::new(1, 0, 0), depth - loops.len());
    let named = |(Loop { count, from, to }, names): (Loop, [&'static str; 3])| {
        names.into_iter().zip([Arg::size(count), signed(from), Arg::size(to)])
    };
    let loops = idle.chain(loops).zip(NAMES).flat_map(named);
    [("unit", Arg::size(unit))].into_iter().chain(loops)
}

/// The same transfer without its shortest loop, once per round of that loop. Of the eight loops
/// that need it, the shortest runs at most nine times, since a tensor's size is limited.
fn unrolled(transfer: &Transfer) -> Vec<Transfer> {
    let counts = transfer.loops.iter().enumerate().filter(|(_, l)| l.count > 1);
    let (position, _) = counts.min_by_key(|(_, l)| l.count).expect("there are several loops");
    let mut part = transfer.clone();
    let Loop { count, from, to } = part.loops.remove(position);
    let round = |i: usize| {
        let mut part = part.clone();
        part.first += i * to;
        if let Origin::Input(_, first) | Origin::Output(_, first) = &mut part.source {
            *first = (step(*first) + step(i) * from).cast_unsigned();
        }
        part
    };
    (0..count).map(round).collect()
}

fn scaled(l: Loop, factor: usize) -> Loop {
    Loop { count: l.count, from: l.from * step(factor), to: l.to * factor }
}

fn signed(step: isize) -> Arg {
    Arg::Int(i32::try_from(step).expect("tensor sizes fit 32 bits"))
}

/// The same transfer in fewer loops: those that run once go, neighbours that step on as one do so.
fn collapsed(loops: &[Loop]) -> Vec<Loop> {
    let mut merged: Vec<Loop> = Vec::with_capacity(loops.len());
    for inner in loops.iter().copied().filter(|l| l.count > 1) {
        match merged.last_mut() {
            Some(outer)
                if outer.from == step(inner.count) * inner.from
                    && outer.to == inner.count * inner.to =>
            {
                *outer = Loop { count: outer.count * inner.count, ..inner };
            }
            _ => merged.push(inner),
        }
    }
    merged
}

/// Splits a fill with single bytes into words of the repeated byte, where the places allow it.
fn widened(mut loops: Vec<Loop>, to_first: usize) -> Vec<Loop> {
    let Some((line, outer)) = loops.split_last() else { return loops };
    let aligned = to_first.is_multiple_of(4) && outer.iter().all(|l| l.to.is_multiple_of(4));
    if *line == (Loop { count: line.count, from: 0, to: 1 })
        && line.count.is_multiple_of(4)
        && aligned
    {
        let words = Loop::new(line.count / 4, 0, 4);
        loops.pop();
        loops.extend([words, Loop::new(4, 1, 1)]);
    }
    loops
}

/// The widest unit of 4, 2 or 1 bytes that divides all numbers whose bitwise or is `bits`.
pub(in crate::ops) fn unit(bits: usize) -> usize {
    1 << bits.trailing_zeros().min(2)
}

/// Chooses the widest unit of 4, 2 or 1 bytes that every place is a multiple of. `firsts` is the
/// bitwise or of the first bytes read and written. The innermost loop then counts units.
fn in_units(mut loops: Vec<Loop>, firsts: usize, align: usize) -> (usize, Vec<Loop>) {
    let Some((line, outer)) = loops.split_last() else { return (1, loops) };
    if (line.from, line.to) != (1, 1) {
        return (1, loops);
    }
    let steps = outer.iter().map(|l| l.from.unsigned_abs() | l.to);
    let steps = steps.fold(firsts | line.count | align, |bits, step| bits | step);
    let unit = unit(steps);
    let line = Loop::new(line.count / unit, unit, unit);
    loops.pop();
    if line.count > 1 {
        loops.push(line);
    }
    (unit, loops)
}

/// The element again and again, in an array of at least one word.
fn repeated(value: &Data) -> CArray {
    let bytes: Vec<u8> = value.to_le_bytes();
    let repeated: Vec<u8> = bytes.iter().copied().cycle().take(bytes.len().max(4)).collect();
    let (words, _) = repeated.as_chunks();
    CArray::I32(words.iter().map(|word| i32::from_le_bytes(*word)).collect())
}

/// The position of an array among the constants.
fn constant(data: CArray, constants: &mut Vec<Constant>) -> usize {
    let position = constants.iter().position(|constant| constant.data == data);
    position.unwrap_or_else(|| {
        constants.push(Constant { name: "value", is_weight: false, data });
        constants.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loops: &[[isize; 3]], firsts: usize, expected: (usize, &[[isize; 3]])) {
        let of = |loops: &[[isize; 3]]| -> Vec<Loop> {
            let one = |&[count, from, to]: &[isize; 3]| Loop {
                count: count.cast_unsigned(),
                from,
                to: to.cast_unsigned(),
            };
            loops.iter().map(one).collect()
        };
        let (unit, found) = in_units(collapsed(&of(loops)), firsts, 4);
        assert_eq!((unit, found), (expected.0, of(expected.1)));
    }

    #[test]
    fn neighbours_collapse() {
        check(&[[2, 12, 24], [3, 4, 4], [4, 1, 1]], 0, (4, &[[2, 12, 24], [3, 4, 4]]));
    }

    #[test]
    fn loops_that_run_once_vanish() {
        check(&[[1, 99, 7], [8, 1, 1], [1, 5, 5]], 0, (4, &[[2, 4, 4]]));
    }

    #[test]
    fn odd_places_need_bytes() {
        check(&[[8, 1, 1]], 3, (1, &[[8, 1, 1]]));
        check(&[[2, 9, 8], [8, 1, 1]], 0, (1, &[[2, 9, 8], [8, 1, 1]]));
    }

    #[test]
    fn even_places_allow_half_words() {
        check(&[[3, 6, 4], [2, 1, 1]], 4, (2, &[[3, 6, 4]]));
    }

    #[test]
    fn a_byte_permutation_stays_bytes() {
        check(&[[4, 1, 8], [8, 4, 1]], 0, (1, &[[4, 1, 8], [8, 4, 1]]));
    }

    #[test]
    fn backwards_elements_move_whole() {
        check(&[[3, -4, 4], [4, 1, 1]], 8, (4, &[[3, -4, 4]]));
        check(&[[2, -12, 12], [3, -4, 4], [4, 1, 1]], 20, (4, &[[6, -4, 4]]));
    }

    #[test]
    fn fills_widen_where_aligned() {
        let line = |count| vec![Loop::new(count, 0, 1)];
        assert_eq!(widened(line(8), 4).len(), 2);
        assert_eq!(widened(line(8), 2).len(), 1);
        assert_eq!(widened(line(6), 4).len(), 1);
    }
}
