//! Weights and code in RAM, on every emulated core.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use smidgen_compiler::emit::Bundle;
use smidgen_run::{BuildOptions, Error, Extent, Image, Mode, Placement};
use smidgen_timing::profile::Profile;
use support::{board, build_with, misbehaving, run, sample, scale, sum, tiny};

fn image(bundle: &Bundle, name: &str, weights: Placement, code: Placement) -> Image {
    let options = BuildOptions { weights, code, ..BuildOptions::default() };
    build_with(bundle, &board(name), &options).unwrap()
}

fn layers(names: &[&str]) -> Placement {
    Placement::Layers(names.iter().map(ToString::to_string).collect())
}

/// Bytes that a step's instructions read in `region`.
fn read(profile: &Profile, step: usize, region: &str) -> u64 {
    let accesses = profile.steps[step].counts.accesses.iter();
    let own = accesses
        .filter(|access| access.region.is_some_and(|index| profile.regions[index].name == region));
    own.map(|access| access.read).sum()
}

/// Bytes of instructions of a step that executed in `region`.
fn executed(profile: &Profile, step: usize, region: &str) -> u64 {
    let region = profile.regions.iter().find(|r| r.name == region).unwrap();
    let runs = profile.steps[step].counts.executions.iter().map(|&(run, _)| &profile.runs[run]);
    let own = runs.filter(|run| run.address.wrapping_sub(region.base) < region.bytes);
    own.map(|run| run.code.len() as u64).sum()
}

/// Runs the model in all placements: outputs are exact, and each part is where it should be.
#[track_caller]
fn check(name: &str) {
    use Placement::{Flash, Ram};
    let expected = [sum(&scale(&sample(7)))];
    let plain = image(&tiny(), name, Flash, Flash);
    let plain_size = plain.footprint.clone().unwrap();
    let plain = run(&plain, vec![sample(7)]).unwrap().profile.unwrap();
    let elsewhere = read(&plain, 0, "ram");
    for (weights, code) in [(Ram, Flash), (Flash, Ram), (Ram, Ram)] {
        let image = image(&tiny(), name, weights.clone(), code.clone());
        let capture = run(&image, vec![sample(7)]).unwrap();
        assert_eq!(capture.outputs, expected, "{weights:?} {code:?}");
        let profile = capture.profile.unwrap();
        assert!(image.layout.placed.bytes > 0);
        if weights == Ram {
            assert!(read(&profile, 0, "ram") >= elsewhere + 16);
            let placed = image.layout.placed;
            let inside = |c: &Extent| c.address >= placed.address && c.end() <= placed.end();
            assert!(image.steps.iter().all(|step| step.constants.iter().all(inside)));
        } else {
            assert!(read(&profile, 0, "flash") >= 16);
        }
        let (here, there) = if code == Ram { ("ram", "flash") } else { ("flash", "ram") };
        assert!(executed(&profile, 0, here) > 16);
        assert_eq!(executed(&profile, 0, there), 0);
        let size = image.footprint.unwrap();
        assert_eq!(size.weights, plain_size.weights);
        assert_eq!(size.variables, plain_size.variables + image.layout.placed.bytes);
        // Calls that reach farther may take more code, and addresses near variables less.
        let grown = size.flash() as i64 - plain_size.flash() as i64;
        assert!((-64..200).contains(&grown), "{weights:?} {code:?}: {grown}");
    }
}

support::on_every_core!(check);

#[test]
fn layers_are_placed_one_by_one() {
    let image = image(&tiny(), "qemu-m4", layers(&["sum"]), layers(&["scale"]));
    let profile = run(&image, vec![sample(7)]).unwrap().profile.unwrap();
    let ram = |extent: &Extent| extent.address >= image.layout.placed.address;
    assert_eq!(image.steps.iter().map(|s| ram(&s.constants[0])).collect::<Vec<_>>(), [false, true]);
    // The caller's instructions behind a step belong to it.
    assert!(executed(&profile, 0, "ram") > 16 && executed(&profile, 0, "flash") < 16);
    assert!(executed(&profile, 1, "ram") == 0 && executed(&profile, 1, "flash") > 16);
}

#[test]
fn every_step_can_be_run_alone() {
    let options = BuildOptions {
        mode: Mode::Steps,
        weights: Placement::Ram,
        code: Placement::Ram,
        ..BuildOptions::default()
    };
    for name in ["qemu-m0plus", "qemu-m4", "qemu-rv32imc"] {
        let image = build_with(&tiny(), &board(name), &options).unwrap();
        let capture = run(&image, vec![[sample(1), sample(2)].concat()]).unwrap();
        assert_eq!(capture.outputs, [[scale(&sample(1)), sum(&sample(2))].concat()]);
    }
}

#[test]
fn an_unknown_layer_is_named() {
    let options = BuildOptions { weights: layers(&["none"]), ..BuildOptions::default() };
    let error = build_with(&tiny(), &board("qemu-m4"), &options).unwrap_err();
    assert_eq!(error.to_string(), "no layer is called `none`; `smidgen inspect` lists the layers");
}

#[test]
fn the_host_has_one_memory() {
    let image = image(&tiny(), "host", Placement::Ram, Placement::Ram);
    assert_eq!(run(&image, vec![sample(7)]).unwrap().outputs, [sum(&scale(&sample(7)))]);
}

#[test]
fn a_store_to_weights_in_ram_is_caught() {
    let store = "(*(volatile int8_t *)(uintptr_t)tiny_scale_weights = 1)";
    for name in ["qemu-m4", "qemu-rv32imc"] {
        let image = image(&misbehaving(store), name, Placement::Ram, Placement::Flash);
        let error = run(&image, vec![sample(7)]).unwrap_err();
        assert!(matches!(error, Error::Violation { .. }), "{error}");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
}

#[test]
fn code_that_does_not_fit_beside_the_data_is_blamed() {
    let mut board = board("qemu-m4");
    let smidgen_target::Platform::Device(device) = &mut board.platform else { unreachable!() };
    device.data.size = 1180;
    let options = BuildOptions { code: Placement::Ram, ..BuildOptions::default() };
    let Err(Error::DoesNotFit { memory, largest, .. }) = build_with(&tiny(), &board, &options)
    else {
        panic!("it fits");
    };
    assert_eq!(memory, "ram");
    assert!(largest.iter().any(|(name, _)| name == "tiny_sum"), "{largest:?}");
}
