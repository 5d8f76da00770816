//! Reference of `AVERAGE_POOL_2D`.

use super::AveragePool2d;
use crate::ops::Site;
use crate::tensor::Data;

/// Integers are rounded half away from zero.
pub(super) fn eval(op: &AveragePool2d, site: &Site, inputs: &[&Data]) -> Vec<Data> {
    let pool = &op.0;
    if let Data::F32(x) = inputs[0] {
        let mean = |window: &[f32]| {
            let mean = window.iter().fold(0.0, |sum, x| sum + x) / window.len() as f32;
            pool.activation.apply_f32(mean)
        };
        return vec![Data::F32(pool.map_windows(site, x, mean))];
    }
    let (low, high) = pool.clamp_i8(site);
    let mean = |window: &[i8]| {
        let sum: i32 = window.iter().map(|&x| i32::from(x)).sum();
        let count = window.len() as i32;
        let half = if sum > 0 { count / 2 } else { -(count / 2) };
        ((sum + half) / count).clamp(low, high) as i8
    };
    vec![Data::I8(pool.map_windows(site, inputs[0].get::<i8>(), mean))]
}
