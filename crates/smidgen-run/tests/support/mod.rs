//! A model of two steps, written by hand, and what it must compute.
#![allow(dead_code, reason = "each test crate uses its own part")]

use smidgen_compiler::emit::{
    Bundle, BundleFile, ConstantSpec, ElementType, Manifest, PortSpec, Region, StepSpec,
};
use smidgen_run::{BuildOptions, Builder, Cache, Capture, Error, Image, Mode, Request, runner};
use smidgen_target::{Board, Registry};

pub(crate) const WEIGHTS: [i8; 16] =
    [1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, 127];
pub(crate) const FACTORS: [f32; 4] = [0.5, 0.25, -1.5, 3.0];

/// The model, where `misbehave` is C that runs after the last step.
pub(crate) fn misbehaving(misbehave: &str) -> Bundle {
    let file = |path: &str, text: String| BundleFile { path: path.to_owned(), text };
    let header = format!(
        "#include <stdint.h>\nvoid tiny_run(void *arena);\n\
         #define TINY_MISBEHAVE(arena) {misbehave}\n"
    );
    let constants = "#include <stdint.h>\nextern const int8_t tiny_scale_weights[16];\n\
                     extern const float tiny_sum_factors[4];\n";
    let weights = format!(
        "#include \"model_weights.h\"\n\
         const int8_t tiny_scale_weights[16] = {{{}}};\n\
         const float tiny_sum_factors[4] = {{{}}};\n",
        WEIGHTS.map(|w| w.to_string()).join(", "),
        FACTORS.map(|f| format!("{f:.2}f")).join(", "),
    );
    let port = |name: &str, offset, bytes, element, shape| PortSpec {
        name: name.to_owned(),
        region: Region::Arena,
        offset,
        bytes,
        element,
        shape,
        scale: None,
        zero_point: None,
    };
    let x = port("x", 0, 16, ElementType::Int8, vec![16]);
    let y = port("y", 16, 16, ElementType::Int8, vec![16]);
    let z = port("z", 32, 16, ElementType::Float32, vec![4]);
    let step = |name: &str, function: &str, constant: &str, input: &PortSpec, output: &PortSpec| {
        StepSpec {
            name: name.to_owned(),
            kind: name.to_uppercase(),
            function: function.to_owned(),
            macs: 16,
            parameters: 16,
            inputs: vec![input.clone()],
            outputs: vec![output.clone()],
            scratch: None,
            constants: vec![constant.to_owned()],
            kernels: vec![],
        }
    };
    let weights_of =
        |symbol: &str, bytes| ConstantSpec { symbol: symbol.to_owned(), bytes, is_weight: true };
    Bundle {
        name: "tiny".to_owned(),
        files: vec![
            file("model.c", include_str!("model.c").to_owned()),
            file("model.h", header),
            file("model_weights.c", weights),
            file("model_weights.h", constants.to_owned()),
        ],
        manifest: Manifest {
            arena_bytes: 48,
            state_bytes: 0,
            states: vec![],
            inputs: vec![x.clone()],
            outputs: vec![z.clone()],
            steps: vec![
                step("scale", "tiny_scale", "tiny_scale_weights", &x, &y),
                step("sum", "tiny_sum", "tiny_sum_factors", &y, &z),
            ],
            constants: vec![
                weights_of("tiny_scale_weights", WEIGHTS.len()),
                weights_of("tiny_sum_factors", 4 * FACTORS.len()),
            ],
        },
    }
}

/// The model as it should be.
pub(crate) fn tiny() -> Bundle {
    misbehaving("(void)arena")
}

/// What the first step computes.
pub(crate) fn scale(x: &[u8]) -> Vec<u8> {
    let product = |(x, w): (&u8, i8)| (i32::from(*x as i8) * i32::from(w)) >> 2;
    x.iter().zip(WEIGHTS).map(product).map(|p| p.clamp(-128, 127) as u8).collect()
}

/// What the second step computes.
pub(crate) fn sum(y: &[u8]) -> Vec<u8> {
    let sums = y.chunks(4).map(|part| part.iter().map(|v| f32::from(*v as i8)).sum::<f32>());
    sums.zip(FACTORS).flat_map(|(sum, factor)| (sum * factor).to_le_bytes()).collect()
}

/// Sixteen bytes that differ from sample to sample.
pub(crate) fn sample(seed: u8) -> Vec<u8> {
    (0..16).map(|i| seed.wrapping_mul(37).wrapping_add(i * 17)).collect()
}

pub(crate) fn board(name: &str) -> Board {
    Registry::builtin().board(name).unwrap().clone()
}

/// One cache for all tests, so that the plug-in is unpacked once.
pub(crate) fn cache() -> Cache {
    Cache::at(concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
}

pub(crate) fn build(bundle: &Bundle, board: &Board, mode: Mode) -> Result<Image, Error> {
    build_with(bundle, board, &BuildOptions { mode, ..BuildOptions::default() })
}

pub(crate) fn build_with(
    bundle: &Bundle,
    board: &Board,
    options: &BuildOptions,
) -> Result<Image, Error> {
    Builder::new(cache()).build(bundle, board, options)
}

pub(crate) fn run(image: &Image, samples: Vec<Vec<u8>>) -> Result<Capture, Error> {
    runner(&image.board, &cache())?.run(image, &Request::new(samples))
}

/// One test for each emulated core: `check` with the name of its board.
#[allow(unused_macros, reason = "not every test runs on every core")]
macro_rules! on_every_core {
    ($check:ident) => {
        $crate::support::on_every_core! {
            $check:
            m0plus "qemu-m0plus", m3 "qemu-m3", m4 "qemu-m4", m7 "qemu-m7", m33 "qemu-m33",
            m55 "qemu-m55", rv32imc "qemu-rv32imc", rv32imac "qemu-rv32imac",
            rv32imafc "qemu-rv32imafc"
        }
    };
    ($check:ident: $($name:ident $board:literal),*) => {
        $(#[test] fn $name() { $check($board); })*
    };
}
#[allow(unused_imports, reason = "not every test runs on every core")]
pub(crate) use on_every_core;
