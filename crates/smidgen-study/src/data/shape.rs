//! How arrays of samples and a model's input fit together.

use smidgen_compiler::tensor::Shape;

/// Number of samples in an array of this shape for an input of shape `wanted`; otherwise what is
/// wrong and what would fit.
///
/// The array has the input's shape with a leading axis of samples, or that shape alone for one
/// sample; the input's own leading axis may be left out where it is 1.
pub(super) fn samples(shape: &[usize], wanted: &Shape) -> Result<usize, String> {
    let dims = wanted.dims();
    let inner = dims.strip_prefix(&[1]);
    if shape == dims || inner == Some(shape) {
        return Ok(1);
    }
    match shape.split_first() {
        Some((&count, rest)) if rest == dims || inner == Some(rest) => Ok(count),
        _ => Err(hint(shape, dims)),
    }
}

/// What is wrong with the shape of an array, and how to mend it in NumPy.
fn hint(shape: &[usize], dims: &[usize]) -> String {
    let inner = dims.strip_prefix(&[1]).unwrap_or(dims);
    let batched = with_count(dims);
    let fitting = if inner.len() < dims.len() {
        format!("{} or {batched} would fit", with_count(inner))
    } else {
        format!("{batched} would fit")
    };
    let problem = format!("its shape is {shape:?}, the input's is {dims:?}; {fitting}");
    match remedy(shape, dims, inner) {
        Some(remedy) => format!("{problem}; {remedy}"),
        None => problem,
    }
}

fn remedy(shape: &[usize], dims: &[usize], inner: &[usize]) -> Option<String> {
    let (&count, rest) = shape.split_first()?;
    let elements = |dims: &[usize]| dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
    let [batch, of_batch @ ..] = dims else { return None };
    if *batch > 1 && rest == of_batch {
        return Some(format!(
            "the model takes batches of {batch}: `x.reshape({})`",
            joined(std::iter::once("-1".to_string()).chain(dims.iter().map(ToString::to_string)))
        ));
    }
    if let ([a, b, c], [x, y, z]) = (rest, inner) {
        if [a, b, c] == [z, x, y] {
            return Some("channels come last in the model: `x.transpose(0, 2, 3, 1)`".into());
        }
        if [a, b, c] == [y, z, x] {
            return Some("channels come first in the model: `x.transpose(0, 3, 1, 2)`".into());
        }
    }
    let without_ones =
        |dims: &[usize]| dims.iter().copied().filter(|&d| d != 1).collect::<Vec<_>>();
    let reshape = |first: &str| {
        let dims = inner.iter().map(ToString::to_string);
        format!("`x.reshape({})`", joined(std::iter::once(first.to_string()).chain(dims)))
    };
    if without_ones(rest) == without_ones(inner) {
        return Some(format!("only axes of size 1 differ: {}", reshape("-1")));
    }
    if elements(rest) == elements(inner) {
        return Some(format!("the number of elements fits: {}", reshape("-1")));
    }
    (elements(shape) == elements(inner))
        .then(|| {
            format!("as a single sample the number of elements fits: {}", reshape(&1.to_string()))
        })
        .filter(|_| count > 0)
}

fn with_count(dims: &[usize]) -> String {
    format!("[n, {}]", joined(dims.iter().map(ToString::to_string))).replace(", ]", "]")
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &[usize], wanted: &[usize], expected: Result<usize, &str>) {
        let found = samples(shape, &Shape::new(wanted).unwrap());
        match (&found, expected) {
            (Ok(count), Ok(expected)) => assert_eq!(*count, expected),
            (Err(text), Err(part)) => {
                assert!(text.contains(part), "{text}");
                assert!(text.contains(&format!("{shape:?}")), "{text}");
                assert!(text.contains(&format!("{wanted:?}")), "{text}");
            }
            _ => panic!("{shape:?} for {wanted:?}: {found:?}"),
        }
    }

    #[test]
    fn samples_may_have_a_leading_axis() {
        check(&[7, 2, 3], &[2, 3], Ok(7));
        check(&[2, 3], &[2, 3], Ok(1));
        check(&[0, 2, 3], &[2, 3], Ok(0));
    }

    #[test]
    fn a_batch_of_one_may_be_left_out() {
        check(&[7, 2, 3], &[1, 2, 3], Ok(7));
        check(&[7, 1, 2, 3], &[1, 2, 3], Ok(7));
        check(&[2, 3], &[1, 2, 3], Ok(1));
        check(&[1, 2, 3], &[1, 2, 3], Ok(1));
        check(&[5], &[1], Ok(5));
        check(&[], &[1], Ok(1));
    }

    #[test]
    fn what_does_not_fit_is_explained() {
        check(&[7, 28, 28], &[1, 28, 28, 1], Err("`x.reshape(-1, 28, 28, 1)`"));
        check(&[7, 3, 8, 9], &[1, 8, 9, 3], Err("`x.transpose(0, 2, 3, 1)`"));
        check(&[7, 8, 9, 3], &[1, 3, 8, 9], Err("`x.transpose(0, 3, 1, 2)`"));
        check(&[7, 784], &[1, 28, 28, 1], Err("the number of elements fits"));
        check(&[8, 5], &[4, 5], Err("`x.reshape(-1, 4, 5)`"));
        check(&[4, 3], &[1, 12], Err("`x.reshape(1, 12)`"));
        check(&[7, 5], &[1, 6], Err("[n, 6] or [n, 1, 6] would fit"));
        check(&[7, 5], &[2, 6], Err("[n, 2, 6] would fit"));
        check(&[7, 5], &[], Err("[n] would fit"));
    }
}
