//! Conformance cases of `TABLE`.

use super::Lookup;
use crate::ops::case::{Case, Random, int8};
use crate::tensor::{DType, Data};

pub(crate) fn cases() -> Vec<Case> {
    let table =
        |f: &dyn Fn(u8) -> i8| Lookup { results: Box::new(std::array::from_fn(|x| f(x as u8))) };
    let random = Random::new(3).data(DType::I8, 256);
    let case = |name: &str, op: Lookup, dims: &[usize], constant: Option<Data>| {
        let output = int8(dims, 0.25, -7).quant;
        Case::new(name, op, vec![(int8(dims, 0.5, 3), constant)], &[output])
    };
    vec![
        case("random", table(&|x| random.get::<i8>()[usize::from(x)]), &[37, 11], None),
        case("identity", table(&|x| x as i8), &[5, 3], None),
        case("one_number", table(&|_| -128), &[7], None),
        case("scalar", table(&|x| !x as i8), &[], None),
        case("of_a_constant", table(&|x| !x as i8), &[3], Some(Data::I8(vec![-128, 0, 127]))),
    ]
}
