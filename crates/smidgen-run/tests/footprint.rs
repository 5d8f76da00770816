//! What the linker placed is attributed to the model, byte by byte.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_compiler::emit::{Bundle, ConstantSpec};
use smidgen_run::{FlashKind, Footprint, Mode};
use support::{board, build, tiny};

const DEVICES: &[&str] = &[
    "qemu-m0plus",
    "qemu-m3",
    "qemu-m4",
    "qemu-m7",
    "qemu-m33",
    "qemu-m55",
    "qemu-rv32imc",
    "qemu-rv32imac",
    "qemu-rv32imafc",
];

fn footprint(bundle: &Bundle, board_name: &str) -> Footprint {
    build(bundle, &board(board_name), Mode::Inference).unwrap().footprint.unwrap()
}

/// The model with `extra` C in its main file, of which `keep` is an expression that is used.
fn with(extra: &str, keep: &str) -> Bundle {
    let mut bundle = tiny();
    bundle.files[0].text += &[
        extra,
        "\n__attribute__((used)) static int32_t tiny_kept(void) { return ",
        keep,
        "; }\n__attribute__((used, section(\".start\")))",
        " static int32_t (*const tiny_root)(void) = tiny_kept;\n",
    ]
    .concat();
    bundle
}

/// What `extra` adds to the plain model: weights, constants, code, variables.
#[track_caller]
fn check(extra: &str, weights: Option<&str>, expected: impl Fn([i64; 4]) -> bool) {
    for name in DEVICES {
        let values =
            |f: &Footprint| [f.weights, f.constants, f.code, f.variables].map(|v| v as i64);
        let mut bundle = with(extra, "*(volatile const int32_t *)tiny_extra");
        bundle.manifest.constants.extend(weights.map(|symbol| ConstantSpec {
            symbol: symbol.to_owned(),
            bytes: 256,
            is_weight: true,
        }));
        let (base, full) = (footprint(&with("", "0"), name), footprint(&bundle, name));
        let (base, full) = (values(&base), values(&full));
        let added = std::array::from_fn(|i| full[i] - base[i]);
        assert!(expected(added), "{name}: {added:?}");
    }
}

#[test]
fn parts_of_the_model() {
    for name in DEVICES {
        let footprint = footprint(&tiny(), name);
        assert_eq!(
            (footprint.weights, footprint.arena, footprint.variables),
            (32, 48, 0),
            "{name}"
        );
        let named: u64 = footprint.symbols.iter().map(|symbol| symbol.bytes).sum();
        let padding = footprint.flash() as i64 - named as i64;
        assert!((-16..64).contains(&padding), "{name}: {padding} bytes have no name");
        assert!(footprint.steps.iter().sum::<u64>() < named, "{name}");
        assert!(footprint.steps.iter().all(|bytes| *bytes > 16), "{name}");
    }
}

#[test]
fn harness_is_small() {
    for name in DEVICES {
        let footprint = footprint(&tiny(), name);
        assert!(footprint.harness_flash < 1500, "{name}: {}", footprint.harness_flash);
        assert!(footprint.harness_variables < 64, "{name}: {}", footprint.harness_variables);
    }
}

#[test]
fn float_support_counts_as_the_model() {
    let symbols = footprint(&tiny(), "qemu-m0plus").symbols;
    assert!(symbols.iter().any(|s| s.name == "__aeabi_fmul" && s.kind == FlashKind::Code));
}

#[test]
fn listed_constants_are_weights() {
    let extra = "const int32_t tiny_extra[64] = {1};";
    check(extra, Some("tiny_extra"), |[w, c, _, v]| w == 256 && c.abs() < 8 && v == 0);
}

#[test]
fn other_constants_are_constants() {
    check("const int32_t tiny_extra[64] = {1};", None, |[w, c, _, v]| {
        w == 0 && (c - 256).abs() < 8 && v == 0
    });
}

#[test]
fn zeroed_variables_take_no_flash() {
    check("volatile int32_t tiny_extra[64];", None, |[w, c, _, v]| {
        w == 0 && c.abs() < 8 && (v - 256).abs() < 16
    });
}

#[test]
fn initialised_variables_take_both() {
    check("volatile int32_t tiny_extra[64] = {1};", None, |[w, c, _, v]| {
        w == 0 && (c - 256).abs() < 8 && (v - 256).abs() < 16
    });
}

#[test]
fn shared_constants_are_charged_once() {
    let mut bundle = tiny();
    let plain = footprint(&bundle, "qemu-m4").steps;
    bundle.manifest.steps[1].constants.push("tiny_scale_weights".to_owned());
    assert_eq!(footprint(&bundle, "qemu-m4").steps, plain);
}

#[test]
fn steps_mode_and_host_have_none() {
    assert_eq!(build(&tiny(), &board("qemu-m4"), Mode::Steps).unwrap().footprint, None);
    assert_eq!(build(&tiny(), &board("host"), Mode::Inference).unwrap().footprint, None);
}
