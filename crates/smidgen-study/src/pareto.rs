//! Which of several candidates are not beaten in every respect.

/// Whether each candidate is optimal: no other is at least as good in all figures and better in
/// one. Smaller is better; a figure that is not known counts as worse than any that is, so that a
/// candidate is never preferred for what nobody knows.
pub fn optimal<const N: usize>(candidates: &[[Option<f64>; N]]) -> Vec<bool> {
    let beaten = |candidate| candidates.iter().any(|other| beats(other, candidate));
    candidates.iter().map(|candidate| !beaten(candidate)).collect()
}

fn beats<const N: usize>(other: &[Option<f64>; N], candidate: &[Option<f64>; N]) -> bool {
    let value = |figure: Option<f64>| figure.unwrap_or(f64::INFINITY);
    let pairs = || other.iter().zip(candidate).map(|(&a, &b)| (value(a), value(b)));
    pairs().all(|(a, b)| a <= b) && pairs().any(|(a, b)| a < b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(candidates: &[[Option<f64>; 2]], expected: &[bool]) {
        assert_eq!(optimal(candidates), expected);
    }

    #[test]
    fn what_is_beaten_is_not_optimal() {
        let [a, b, c] = [[1.0, 3.0], [2.0, 2.0], [2.0, 3.0]].map(|c| c.map(Some));
        check(&[a, b, c], &[true, true, false]);
    }

    #[test]
    fn equals_are_both_optimal() {
        check(&[[Some(1.0), Some(1.0)]; 2], &[true, true]);
    }

    #[test]
    fn the_unknown_is_worse_than_the_known() {
        check(&[[Some(1.0), None], [Some(1.0), Some(9.0)]], &[false, true]);
        check(&[[Some(1.0), None], [Some(2.0), Some(9.0)]], &[true, true]);
        check(&[[Some(1.0), None], [Some(2.0), None]], &[true, false]);
    }
}
