//! Published cycle counts, priced exactly.
//!
//! Code stands as it is in memory, with its assembly beside it. DDI 0484 is the Cortex-M0+ manual,
//! DDI 0337 the Cortex-M3 one, DDI 0439 the Cortex-M4 one.
#![expect(clippy::float_cmp, reason = "all cycles here are multiples of a half, which are exact")]

use super::*;
use crate::flow::ProgramFlow;
use crate::flow::tests::profile;
use smidgen_target::{Class, Registry};
use std::fmt::Write;
use std::sync::LazyLock;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::builtin);

fn pipeline(name: &str) -> &'static Pipeline {
    let found = REGISTRY.pipelines().find(|pipeline| pipeline.name == name);
    found.unwrap_or_else(|| panic!("no pipeline `{name}`"))
}

fn is_riscv(name: &str) -> bool {
    !name.starts_with("cortex")
}

/// The instructions in `code`.
fn count(name: &str, code: &str) -> u32 {
    let bytes: Vec<u8> = (0..code.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&code[at..at + 2], 16).unwrap())
        .collect();
    let encoding = if is_riscv(name) {
        crate::profile::Encoding::RiscV
    } else {
        crate::profile::Encoding::Thumb
    };
    encoding.instructions(0x100, &bytes).count() as u32
}

/// Cycles of `code` at 0x100, which executes `times` times and falls through once.
fn cycles(name: &str, code: &str, times: u64) -> Cycles {
    let target = if is_riscv(name) { "riscv32" } else { "arm" };
    let end = 0x100 + code.len() / 2;
    let counts = format!("exec 0 {times}\nnext {end:x} 1");
    let profile = profile(target, &[(0x100, count(name, code), code)], &counts);
    let flow = ProgramFlow::new(&profile).unwrap();
    price(&flow.program, &flow.outside, pipeline(name)).iter().sum()
}

/// Checks the cycles of one execution that begins with nothing under way.
#[track_caller]
fn check_once(name: &str, code: &str, expected: f64) {
    let once = cycles(name, code, 1);
    assert_eq!(once.total(), expected, "{once:?}");
}

/// Checks the cycles of each further round of a loop.
#[track_caller]
fn check_loop(name: &str, code: &str, expected: f64) {
    let (less, more) = (cycles(name, code, 1000), cycles(name, code, 2000));
    assert_eq!((more.total() - less.total()) / 1000.0, expected, "{more:?}");
}

/// `1: subs r0, #1` / `bne 1b`
const DELAY: &str = "0138fdd1";

#[test]
fn delay_loop_takes_three_cycles() {
    // DDI 0484: 1 and 2; DDI 0337 and DDI 0439: 1 and 1 + P, with the least P of 1 to 3.
    check_loop("cortex-m0plus", DELAY, 3.0);
    check_loop("cortex-m3", DELAY, 3.0);
    check_loop("cortex-m4", DELAY, 3.0);
    // DDI 0432: 1 and 3. Both are also measured: blaatschaap.be, Wait a microsecond.
    check_loop("cortex-m0", DELAY, 4.0);
}

#[test]
fn delay_loop_that_ends_falls_through_in_a_cycle() {
    check_once("cortex-m0plus", DELAY, 2.0);
    check_once("cortex-m4", DELAY, 2.0);
}

#[test]
fn m0plus_copies_bytes() {
    // `1: ldrb r3, [r1, r2]` / `strb r3, [r0, r2]` / `adds r2, #1` / `cmp r2, r4` / `bne 1b`
    // DDI 0484, table 3-1: 2 + 2 + 1 + 1 + 2.
    check_loop("cortex-m0plus", "8b5c83540132a242fad1", 8.0);
}

#[test]
fn m0plus_copies_four_words() {
    // `1: ldmia r1!, {r3-r6}` / `stmia r0!, {r3-r6}` / `subs r2, #16` / `bne 1b`
    // DDI 0484, table 3-1: (1 + 4) + (1 + 4) + 1 + 2.
    check_loop("cortex-m0plus", "78c978c0103afbd1", 13.0);
}

#[test]
fn m0plus_multiplies_fast_or_slowly() {
    // `1: muls r3, r1` / `adds r0, r3` / `subs r2, #1` / `bne 1b`
    // DDI 0484, table 3-1: (1 or 32) + 1 + 1 + 2.
    check_loop("cortex-m0plus", "4b43c018013afbd1", 5.0);
    check_loop("cortex-m0plus-small", "4b43c018013afbd1", 36.0);
}

#[test]
fn m0plus_pushes_and_returns() {
    // `push {r4-r7, lr}` / `pop {r4-r7, pc}`: DDI 0484, table 3-1: (1 + 5) + (3 + 5). The return
    // is taken, so nothing falls through.
    let profile = profile("arm", &[(0x100, 2, "f0b5f0bd")], "exec 0 1");
    let flow = ProgramFlow::new(&profile).unwrap();
    let all: Cycles = price(&flow.program, &flow.outside, pipeline("cortex-m0plus")).iter().sum();
    assert_eq!((all.total(), all.branch), (14.0, 2.0));
}

#[test]
fn m3_and_m4_pipeline_loads() {
    // DDI 0337 and DDI 0439, load/store timings, the four examples.
    for core in ["cortex-m3", "cortex-m4"] {
        // `ldr r0, [r1]` / `ldr r1, [r2]`
        check_once(core, "08681168", 3.0);
        // `ldr r0, [r1, r2]` / `str r0, [r3, #20]`
        check_once(core, "88585861", 3.0);
        // `ldr r0, [r1, r2]` / `str r1, [r3, r2]`
        check_once(core, "88589950", 3.0);
        // `ldr r0, [r1, r5]` / `ldr r1, [r2]` / `ldr r2, [r3, #4]`
        check_once(core, "485911685a68", 4.0);
    }
}

#[test]
fn m3_and_m4_wait_for_addresses() {
    for core in ["cortex-m3", "cortex-m4"] {
        // `ldr r0, [r1]` / `ldr r2, [r0]`: not pipelined.
        check_once(core, "08680268", 4.0);
        // `adds r0, #4` / `ldr r1, [r0]`: one more behind data processing.
        check_once(core, "04300168", 4.0);
    }
}

#[test]
fn m4_multiplies_in_a_cycle_and_m3_does_not() {
    // `umull` / `smlal` / `mla` / `mul`; DDI 0439: 1 each; DDI 0337: 3 to 5, 4 to 7, 2, 1.
    let code = "a2fb0301c2fb030101fb023001fb00f0";
    check_once("cortex-m4", code, 4.0);
    check_once("cortex-m3", code, 4.0 + 5.5 + 2.0 + 1.0);
}

#[test]
fn division_costs_the_mean_of_its_range() {
    // `udiv r0, r1, r2`; DDI 0337 and DDI 0439: 2 to 12.
    check_once("cortex-m3", "b1fbf2f0", 7.0);
    check_once("cortex-m4", "b1fbf2f0", 7.0);
}

#[test]
fn m4_dot_product() {
    // `1: ldr r3, [r0, r5]` / `ldr r4, [r1, r5]` / `smlad r2, r3, r4, r2` / `subs r5, #4` / `bne 1b`
    // DDI 0439: 2 + 1 + 1 + 1 + (1 + P). The address is older than a cycle.
    check_loop("cortex-m4", "43594c5923fb0422043df9d1", 7.0);
}

#[test]
fn it_folds_into_a_narrow_instruction() {
    // `cmp r0, #0` / `it eq` / `moveq r1, #2`, and with `cmp.w`; DDI 0439, table 3-1.
    check_once("cortex-m4", "002808bf0221", 2.0);
    check_once("cortex-m4", "b0f1000f08bf0221", 3.0);
}

#[test]
fn m4_floating_point() {
    // DDI 0439, table 7-1. `vadd.f32 s0, s1, s2` / `vadd.f32 s3, s0, s1`
    check_once("cortex-m4", "30ee810a70ee201a", 3.0);
    // `vmul.f32 s0, s1, s2` / `vmla.f32 s0, s1, s3`: the addend is needed a cycle later.
    check_once("cortex-m4", "20ee810a00eea10a", 4.0);
    // `vdiv.f32 s0, s1, s2` / `add r0, r1` / `vadd.f32 s3, s4, s5`: integers go on.
    check_once("cortex-m4", "80ee810a084472ee221a", 15.0);
}

#[test]
fn m33_branches_join_what_sets_no_flags() {
    // jnk0le, cortex_m33.md, "limited dual issue" and branching.
    check_loop("cortex-m33", DELAY, 3.0);
    // `1: subs r7, #1` / `add r0, r1` / `bne 1b`
    check_loop("cortex-m33", "013f0844fcd1", 3.0);
    // `1: subs r7, #1` / `ldmia r6!, {r0-r3}` / `bne 1b`
    check_loop("cortex-m33", "013f0fcefcd1", 6.0);
}

#[test]
fn m33_latencies() {
    // jnk0le, cortex_m33.md. `ldr r0, [r1]` / `adds r0, r0, r2`: 2 cycles from load to use.
    check_once("cortex-m33", "08688018", 3.0);
    // Three `smlad` that accumulate into one register.
    check_once("cortex-m33", "21fb020023fb040025fb0600", 3.0);
    // `mul r0, r1, r2` / `mul r0, r0, r3`
    check_once("cortex-m33", "01fb02f000fb03f0", 3.0);
    // `vfma.f32 s0, s1, s2` / `nop` / `nop` / `vfma.f32 s0, s1, s0`
    check_once("cortex-m33", "a0ee810a00bf00bfa0ee800a", 4.0);
}

#[test]
fn m7_issues_two() {
    // jnk0le, cortex_m7.md.
    // `1: add.w r0, r1, r2` / `add.w r3, r4, r5` / `add.w r6, r8, r9` / `subs r7, #1` / `bne 1b`
    check_loop("cortex-m7", "01eb020004eb050308eb0906013ff7d1", 3.0);
    // Four `smlad` that accumulate into one register: one multiplier.
    check_once("cortex-m7", "21fb020023fb040025fb060028fb0900", 4.0);
    // Four loads: two at a time.
    check_once("cortex-m7", "08681a682c683e68", 2.0);
    // `ldmia r0, {r1-r5}` / `nop`: alone, two words per cycle.
    check_once("cortex-m7", "90e83e0000bf", 4.0);
}

#[test]
fn m7_latencies() {
    // jnk0le, cortex_m7.md. `ldr r0, [r1]` / `add.w r2, r0, r3`: used in the next cycle.
    check_once("cortex-m7", "086800eb0302", 2.0);
    // `ldrb` instead: one later.
    check_once("cortex-m7", "087800eb0302", 3.0);
    // `ldrb r0, [r1]` / `strb r0, [r2]`: stored in the same cycle.
    check_once("cortex-m7", "08781070", 1.0);
    // `ldr r0, [r1]` / `ldr r2, [r0]`: addresses are needed a cycle sooner.
    check_once("cortex-m7", "08680268", 3.0);
}

#[test]
fn m7_lane_operations_go_first() {
    // `sxtb16 r0, r1` / `sxtb16 r2, r3` / `smlad r4, r5, r6, r4` / `sxtb16 r8, r9`
    check_once("cortex-m7", "2ffa81f02ffa83f225fb06442ffa89f8", 3.0);
    // `add.w r0, r0, r1` / `eor.w r2, r3, r0, ror #22`: the sum is made a stage ahead.
    check_once("cortex-m7", "00eb010083eab052", 2.0);
}

#[test]
fn m55_overlaps_vectors() {
    // `vldrw.u32 q0, [r0]` / `vadd.i32 q1, q0, q2` / `vmul.i32 q3, q1, q4` / `vstrw.32 q3, [r1]`
    // LLVM, ARMScheduleM55.td: the second beat of each overlaps with the first of the next.
    check_once("cortex-m55", "90ed001f20ef442822ef586981ed007f", 4.0);
    // `vldrw.u32 q0, [r0]` / `vldrw.u32 q1, [r1]` / `vadd.i32 q2, q3, q4`: one pipe for loads.
    check_once("cortex-m55", "90ed001f91ed003f26ef4848", 4.0);
}

/// `1: addi a0, a0, -1` / `bnez a0, 1b`
const RV_DELAY: &str = "7d157dfd";

#[test]
fn riscv_delay_loops() {
    // FE310-G000 manual, section 3.2: no cycle where the prediction is right.
    check_loop("sifive-e31", RV_DELAY, 2.0);
    // Hazard3, Branch Predictor: the last loop is predicted, in one cycle.
    check_loop("hazard3", RV_DELAY, 2.0);
    // CV32E40P, table of cycle counts: taken branches take 3.
    check_loop("ri5cy", RV_DELAY, 4.0);
}

#[test]
fn mispredictions_are_the_rarer_way() {
    // Once at the end, on Hazard3 at the beginning too.
    assert_eq!(cycles("sifive-e31", RV_DELAY, 100).branch, 3.0);
    assert_eq!(cycles("hazard3", RV_DELAY, 100).branch, 2.0);
    assert_eq!(cycles("cortex-m7", DELAY, 100).branch, 8.0);
}

#[test]
fn riscv_latencies() {
    // `lw a0, 0(a1)` / `addi a0, a0, 1`: FE310-G000 manual, section 3.3: 2; Hazard3: 2.
    check_once("sifive-e31", "88410505", 3.0);
    check_once("hazard3", "88410505", 3.0);
    // `lb` instead: 3 on E31.
    check_once("sifive-e31", "038505000505", 4.0);
    check_once("hazard3", "038505000505", 3.0);
    // `mul a0, a1, a2` / `addi a0, a0, 1`: 5 on E31, 1 on the others.
    check_once("sifive-e31", "3385c5020505", 6.0);
    check_once("hazard3", "3385c5020505", 2.0);
    check_once("ri5cy", "3385c5020505", 2.0);
    // `mulh a0, a1, a2`: 5 on CV32E40P.
    check_once("ri5cy", "3395c502", 5.0);
    // `lw a0, 0(a1)` / `sw a0, 0(a2)`: Hazard3 stores what was just loaded.
    check_once("hazard3", "884108c2", 2.0);
    // `div a0, a1, a2`: 18 or 19 on Hazard3, 3 to 35 on CV32E40P.
    check_once("hazard3", "33c5c502", 18.5);
    check_once("ri5cy", "33c5c502", 19.0);
}

/// Cycles of all of `runs`, with `counts`.
fn total(name: &str, runs: &[(u32, u32, &str)], counts: &str) -> f64 {
    let flow = ProgramFlow::new(&profile("arm", runs, counts)).unwrap();
    price(&flow.program, &flow.outside, pipeline(name)).iter().sum::<Cycles>().total()
}

#[test]
fn target_across_words_costs_another_refill() {
    // `1: subs.w r0, r0, #1` / `bne 1b`; DDI 0439: P is 1 to 3, by alignment and width.
    for (address, expected) in [(0x100, 3.0), (0x102, 4.0)] {
        let runs = [(address, 2, "b0f10100fcd1")];
        let counts = |times: u32| format!("exec 0 {times}\nnext {:x} 1", address + 6);
        let [less, more] = [1000, 2000].map(|times| total("cortex-m4", &runs, &counts(times)));
        assert_eq!((more - less) / 1000.0, expected);
    }
}

#[test]
fn results_are_under_way_between_blocks() {
    // `ldr r0, [r1]`, then `adds r0, r0, r2`, which executes once more from elsewhere.
    let runs = [(0x100, 1, "0868"), (0x102, 1, "8018")];
    assert_eq!(total("cortex-m33", &runs, "exec 0 5\nexec 1 6"), 5.0 + 5.0 * 2.0 + 1.0);
    // The same with a branch between the two, which hides the wait: `b 0x104`.
    let runs = [(0x100, 2, "0868ffe7"), (0x104, 1, "8018")];
    assert_eq!(total("cortex-m33", &runs, "exec 0 5\nexec 1 5"), 5.0 * (1.0 + 1.0 + 1.0));
}

#[test]
fn conditional_returns_cost_what_they_do() {
    // `it eq` / `bxeq lr`, taken 3 times of 5: 1 + 1 each, and P = 2.
    let runs = [(0x100, 2, "08bf7047")];
    assert_eq!(total("cortex-m4", &runs, "exec 0 5\nnext 104 2"), 5.0 * 2.0 + 3.0 * 2.0);
}

/// Code of one core, for the properties below.
const SNIPPETS: [&str; 9] = [
    "0138fdd1",
    "8b5c83540132a242fad1",
    "78c978c0103afbd1",
    "4b43c018013afbd1",
    "485911685a68",
    "a2fb0301c2fb030101fb023001fb00f0",
    "2ffa81f02ffa83f225fb06442ffa89f8",
    "80ee810a084472ee221a",
    "01eb020004eb050308eb0906013ff7d1",
];

#[test]
fn no_code_is_cheaper_than_two_instructions_per_cycle() {
    for pipeline in REGISTRY.pipelines().filter(|pipeline| !is_riscv(&pipeline.name)) {
        for code in SNIPPETS {
            let least = f64::from(count(&pipeline.name, code)) / 2.0;
            for times in [1, 7, 1000] {
                let all = cycles(&pipeline.name, code, times);
                assert!(all.total() >= least * times as f64, "{} {code} {all:?}", pipeline.name);
                assert!(all.issue >= 0.0 && all.dependency >= 0.0 && all.branch >= 0.0);
                assert_eq!(all, cycles(&pipeline.name, code, times));
            }
        }
    }
}

#[test]
fn every_halfword_is_priced_on_every_core() {
    for pipeline in REGISTRY.pipelines() {
        let target = if is_riscv(&pipeline.name) { "riscv32" } else { "arm" };
        let mut code = String::new();
        for half in (0..0xe800_u16).step_by(37).filter(|half| target == "arm" || half & 3 != 3) {
            let [low, high] = half.to_le_bytes();
            write!(code, "{low:02x}{high:02x}").unwrap();
        }
        let run = (0x100, count(&pipeline.name, &code), code.as_str());
        let flow = ProgramFlow::new(&profile(target, &[run], "exec 0 3")).unwrap();
        for cycles in price(&flow.program, &flow.outside, pipeline) {
            assert!(cycles.total().is_finite() && cycles.total() >= 0.0);
        }
    }
}

#[test]
fn nothing_but_loop_ends_and_lists_takes_no_cycle() {
    for pipeline in REGISTRY.pipelines() {
        for &class in Class::ALL {
            let timing = pipeline.timing(class);
            let free = timing.cycles.range().1 == 0 && timing.words_per_cycle == 0;
            assert!(!free || class == Class::LoopEnd, "{} {class}", pipeline.name);
        }
    }
}
