//! A loop that adds words from flash, priced on variations of one board.

use smidgen_target::{Cache, CacheKind, Delay, Device, Platform, ReadTiming, Registry, WaitStates};

use super::price as price_on;
use super::*;
use crate::profile::{Access, Counts, Encoding, Region, Run, Status, Step, ViolationCounts};

const PASSES: u64 = 100;

fn profile() -> Profile {
    let run = |address, instructions, code: &[u8]| Run { address, instructions, code: code.into() };
    let region = |name: &str, base, writable| Region {
        name: name.to_owned(),
        base,
        bytes: 0x1000,
        writable,
    };
    let access = Access { instruction: 0x100, region: Some(0), read: 4 * PASSES, written: 0 };
    let counts = Counts {
        entries: 1,
        instructions: 5 * PASSES + 1,
        executions: vec![(0, PASSES), (1, PASSES), (2, 1)],
        continuations: vec![(0x102, PASSES), (0x10a, 1)],
        accesses: vec![access],
        misaligned: Vec::new(),
    };
    Profile {
        plugin_api: 1,
        emulator_api: 1,
        target: "arm".to_owned(),
        encoding: Encoding::Thumb,
        build: String::new(),
        strict_alignment: false,
        status: Status::Exited,
        stack_bytes: None,
        regions: vec![region("flash", 0, false), region("ram", 0x2000_0000, true)],
        runs: vec![
            run(0x100, 1, &[0x03, 0x68]), // ldr r3, [r0]
            run(0x102, 4, &[0x04, 0x30, 0xc9, 0x18, 0x01, 0x3a, 0xfa, 0xd1]), // adds; adds; subs; bne 0x100
            run(0x10a, 1, &[0x70, 0x47]),                                     // bx lr
        ],
        outside: Counts::default(),
        steps: vec![Step { name: "sum".to_owned(), counts }],
        violation_counts: ViolationCounts::default(),
        violations: Vec::new(),
        instructions: 5 * PASSES + 1,
    }
}

/// The emulated Cortex-M4 board with what `change` makes of it.
fn board(change: impl FnOnce(&mut Device)) -> Board {
    let mut board = Registry::builtin().board("qemu-m4").unwrap().clone();
    let Platform::Device(device) = &mut board.platform else { panic!("a device") };
    device.chip.max_clock_hz = 100_000_000;
    device.clock_hz = 100_000_000;
    change(device);
    board
}

/// Flash with two wait states above 50 MHz.
fn slow_flash(device: &mut Device) {
    let step = |up_to_hz, cycles| WaitStates { up_to_hz, cycles };
    device.code.timing = Some(ReadTiming {
        unit_bytes: 8,
        delay: Delay::WaitStates(vec![step(50_000_000, 0), step(100_000_000, 2)]),
        bus_cycles: 0,
        prefetch: false,
        source: String::new(),
    });
}

/// A cache in front of the flash that holds all of the loop and its data.
fn cache(device: &mut Device, serves: CacheKind) {
    device.chip.caches.push(Cache {
        name: format!("{serves:?}"),
        serves,
        memories: vec![device.code.name.clone()],
        size_bytes: 1024,
        line_bytes: 16,
        ways: 4,
        enabled: true,
        source: String::new(),
    });
}

fn total(board: &Board, conditions: Conditions) -> Price {
    let execution = Execution::new(&profile()).unwrap();
    let working_sets = vec![WorkingSet { constants: 4 * PASSES, arena: 0 }];
    price(&execution, &Needs { ram_bytes: 0, working_sets }, board, &conditions).unwrap()
}

fn price(
    execution: &Execution,
    needs: &Needs,
    board: &Board,
    conditions: &Conditions,
) -> Result<Price, Error> {
    let core = execution.core_cycles(board.core.pipeline.as_ref().unwrap());
    price_on(execution, &core, needs, board, conditions)
}

fn check(board: &Board, conditions: Conditions, fetch: f64, data: f64) {
    let found = total(board, conditions).total;
    assert_eq!((found.fetch, found.data), (fetch, data));
}

#[test]
fn fast_memory_costs_nothing() {
    check(&board(|_| ()), Conditions::default(), 0.0, 0.0);
}

#[test]
fn unknown_timing_is_a_caveat() {
    let unknown = board(|device| device.code.timing = None);
    assert_eq!(total(&unknown, Conditions::default()).caveats.len(), 1);
    assert_eq!(total(&board(slow_flash), Conditions::default()).caveats.len(), 0);
}

#[test]
fn unknown_instructions_are_counted_and_said() {
    let mut profile = profile();
    // An opcode that no manual has in the place of `adds`.
    profile.runs[1].code[0..2].copy_from_slice(&[0x00, 0xb6]);
    let execution = Execution::new(&profile).unwrap();
    let price =
        price(&execution, &Needs::default(), &board(slow_flash), &Conditions::default()).unwrap();
    assert_eq!(price.unknown_instructions, PASSES);
    assert!(price.caveats[0].contains("100 executed instructions are unknown"), "{price:?}");
}

/// Checks fetch stalls of code in slow RAM with fast RAM of `size` beside it, and the caveats.
fn check_fast(size: u32, fetch: f64, caveats: usize) {
    let mut profile = profile();
    profile.regions[0].writable = true;
    let board = board(|device| {
        let fast = Memory { name: "tcm".to_owned(), size, ..device.data.clone() };
        slow_flash(device);
        device.data.timing = device.code.timing.clone();
        device.fast_code = Some(fast.clone());
        device.fast_data = Some(fast);
    });
    let execution = Execution::new(&profile).unwrap();
    let needs = Needs { ram_bytes: 12, working_sets: Vec::new() };
    let found = price(&execution, &needs, &board, &Conditions::default()).unwrap();
    assert_eq!((found.total.fetch, found.caveats.len()), (fetch, caveats));
}

#[test]
fn fast_memories_serve_what_they_hold() {
    check_fast(12, 0.0, 1);
    check_fast(11, 400.0, 0);
}

#[test]
fn wait_states_stall_fetches_and_loads() {
    // The loop spans two units: one is entered by the jump, one in sequence; then comes the end,
    // which lies in the second one.
    let (fetch, data) = (2.0 * (2.0 * PASSES as f64), 2.0 * PASSES as f64);
    check(&board(slow_flash), Conditions::default(), fetch, data);
}

#[test]
fn wait_states_move_with_the_clock() {
    let slow = Conditions { clock_hz: Some(50_000_000), caches: None };
    check(&board(slow_flash), slow, 0.0, 0.0);
}

#[test]
fn caches_serve_what_they_hold() {
    let cached = board(|device| {
        slow_flash(device);
        cache(device, CacheKind::Instruction);
        cache(device, CacheKind::Data);
    });
    // A line is two units: five cycles beyond the first. The code is one line, the data 25.
    check(&cached, Conditions::default(), 5.0, 25.0 * 5.0);
    let off = Conditions { clock_hz: None, caches: Some(false) };
    check(&cached, off, 400.0, 200.0);
}

#[test]
fn parts_add_up() {
    let price = total(&board(slow_flash), Conditions::default());
    let step = &price.steps[0];
    let sum: Cycles = step.instructions.iter().map(|one| one.cycles).sum();
    assert_eq!(step.instructions.len(), 6);
    assert!((sum.total() - price.total.total()).abs() < 1e-9);
    assert_eq!(price.unknown_instructions, 0);
    assert!(price.total.issue >= 5.0 * PASSES as f64);
}

#[test]
fn what_cannot_be_priced_is_an_error() {
    let execution = Execution::new(&profile()).unwrap();
    let host = Board { platform: Platform::Host, ..board(|_| ()) };
    let refused = price(&execution, &Needs::default(), &host, &Conditions::default());
    assert!(matches!(refused, Err(Error::Host { .. })));
    let fast = Conditions { clock_hz: Some(200_000_000), caches: None };
    let refused = price(&execution, &Needs::default(), &board(|_| ()), &fast);
    assert!(matches!(refused, Err(Error::Clock { .. })));
}
