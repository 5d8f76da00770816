//! Reference of `MAX_POOL_2D`.

use super::MaxPool2d;
use crate::ops::Site;
use crate::tensor::Data;

pub(super) fn eval(op: &MaxPool2d, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let pool = &op.0;
    if let Data::F32(x) = inputs[0] {
        let max = |window: &[f32]| {
            let max = window.iter().fold(f32::MIN, |max, &x| if max < x { x } else { max });
            pool.activation.apply_f32(max)
        };
        return vec![Data::F32(pool.map_windows(site, x, max))];
    }
    let (low, high) = pool.clamp_i8(site);
    let max = |window: &[i8]| {
        let max = window.iter().fold(i8::MIN, |max, &x| max.max(x));
        i32::from(max).clamp(low, high) as i8
    };
    vec![Data::I8(pool.map_windows(site, inputs[0].get::<i8>(), max))]
}
