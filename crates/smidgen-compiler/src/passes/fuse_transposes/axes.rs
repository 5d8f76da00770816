//! Orders of axes: lists whose element `i` is the former place of axis `i`.

use crate::tensor::{Shape, TensorType};

/// The order that results from `second` after `first`.
pub(super) fn compose(first: &[usize], second: &[usize]) -> Vec<usize> {
    second.iter().map(|&axis| first[axis]).collect()
}

pub(super) fn inverse(axes: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; axes.len()];
    axes.iter().enumerate().for_each(|(place, &axis)| inverse[axis] = place);
    inverse
}

/// Axes of more than one element, in order: all that the places of the elements depend on.
pub(super) fn long(shape: &Shape, axes: &[usize]) -> Vec<usize> {
    axes.iter().copied().filter(|&axis| shape[axis] > 1).collect()
}

/// Whether the elements keep their order.
pub(super) fn is_still(shape: &Shape, axes: &[usize]) -> bool {
    axes.iter().filter(|&&axis| shape[axis] > 1).is_sorted()
}

pub(super) fn permuted(ty: &TensorType, axes: &[usize]) -> TensorType {
    let dims: Vec<usize> = axes.iter().map(|&axis| ty.shape[axis]).collect();
    let shape = Shape::new(dims).expect("a permuted shape has as many elements");
    TensorType { shape, ..ty.clone() }
}

/// The order of the axes of `to`, to which `from` is reshaped, that goes with an order of those of
/// `from`; `None` where there is none, since axes that are joined or split do not stay together.
pub(super) fn regrouped(from: &Shape, to: &Shape, axes: &[usize]) -> Option<Vec<usize>> {
    let whole = |shape: &Shape| (0..shape.rank()).filter(|&axis| shape[axis] > 1).collect();
    let (sources, targets): (Vec<usize>, Vec<usize>) = (whole(from), whole(to));
    // For each first axis of a group: the others, and what they become.
    let mut groups = vec![None; from.rank()];
    let (mut i, mut j) = (0, 0);
    while i < sources.len() && j < targets.len() {
        let (first, start) = (i, j);
        let (mut left, mut right) = (from[sources[i]], to[targets[j]]);
        while left != right {
            if left < right {
                i += 1;
                left *= from[*sources.get(i)?];
            } else {
                j += 1;
                right *= to[*targets.get(j)?];
            }
        }
        (i, j) = (i + 1, j + 1);
        groups[sources[first]] = Some((&sources[first..i], &targets[start..j]));
    }
    let order = long(from, axes);
    let mut rest = &order[..];
    let mut result = Vec::new();
    while let Some(&first) = rest.first() {
        let (joined, becomes) = groups[first]?;
        rest = rest.strip_prefix(joined)?;
        result.extend(becomes);
    }
    (0..to.rank()).filter(|&axis| to[axis] == 1).for_each(|axis| result.insert(axis, axis));
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &[usize], to: &[usize], axes: &[usize], expected: Option<&[usize]>) {
        let [from, to] = [from, to].map(|dims| Shape::new(dims).unwrap());
        let found = regrouped(&from, &to, axes);
        assert_eq!(found.as_deref(), expected);
        if let Some(found) = found {
            let back = regrouped(&to, &from, &found).unwrap();
            assert_eq!(long(&from, &back), long(&from, axes));
        }
    }

    #[test]
    fn groups_move_as_a_whole() {
        check(&[1, 6, 4, 5], &[1, 2, 3, 4, 5], &[0, 2, 3, 1], Some(&[0, 3, 4, 1, 2]));
        check(&[1, 6, 4, 5], &[1, 6, 20], &[0, 2, 3, 1], Some(&[0, 2, 1]));
        check(&[2, 6, 7], &[2, 1, 6, 7], &[0, 2, 1], Some(&[0, 1, 3, 2]));
        check(&[2, 3], &[2, 3, 1], &[1, 0], Some(&[1, 0, 2]));
    }

    #[test]
    fn groups_are_not_torn() {
        check(&[1, 6, 4, 5], &[1, 120], &[0, 2, 3, 1], None);
        check(&[1, 6, 4, 5], &[1, 6, 20], &[0, 3, 2, 1], None);
        check(&[4, 6], &[6, 4], &[1, 0], None);
    }
}
