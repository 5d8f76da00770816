//! Tests of the program flow.

use super::*;

/// A profile with these runs (address, instructions, code) and these counts outside all steps.
pub(crate) fn profile(target: &str, runs: &[(u32, u32, &str)], counts: &str) -> Profile {
    use std::fmt::Write;
    let mut text = format!(
        "smidgen-profile 2\nplugin 3 4\ntarget {target}\nbuild 0\nalignment relaxed\n\
         status exited\nstack -\n"
    );
    for (address, instructions, code) in runs {
        writeln!(text, "run {address:x} {instructions} {code}").unwrap();
    }
    let total: u64 = counts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("exec "))
        .map(|line| {
            let (run, times) = line.split_once(' ').unwrap();
            u64::from(runs[run.parse::<usize>().unwrap()].1) * times.parse::<u64>().unwrap()
        })
        .sum();
    text.push_str("outside 1\n");
    for line in counts.lines().map(str::trim).filter(|line| !line.is_empty()) {
        writeln!(text, "{line}").unwrap();
    }
    for kind in ["misaligned", "unmapped", "readonly"] {
        writeln!(text, "violations {kind} 0").unwrap();
    }
    writeln!(text, "total {total}\nend").unwrap();
    Profile::parse(&text).unwrap()
}

/// Checks address, executions, entries (fallthrough, jump) and branches (taken, not) of all blocks.
#[track_caller]
fn check(runs: &[(u32, u32, &str)], counts: &str, blocks: &[(u32, u64, [u64; 2], [u64; 2])]) {
    let flow = ProgramFlow::new(&profile("arm", runs, counts)).unwrap();
    let found: Vec<_> = flow
        .program
        .blocks
        .iter()
        .zip(&flow.outside.blocks)
        .map(|(block, counts)| {
            (
                flow.program.code(block)[0].address,
                counts.executions,
                [counts.fallthrough_entries, counts.jump_entries],
                [counts.taken, counts.not_taken],
            )
        })
        .collect();
    assert_eq!(found, blocks);
}

// `movs r0, #10` / `1: ldr r1, [r2]` / `subs r0, #1` / `bne 1b` / `bx lr`
const LOOP: &str = "0a20116801 38fcd17047";

#[test]
fn loop_is_split_at_its_head_and_behind_its_branch() {
    let runs =
        [(0x100, 2, "0a201168"), (0x104, 2, "0138fcd1"), (0x102, 1, "1168"), (0x108, 1, "7047")];
    check(
        &runs,
        "exec 0 1\nexec 1 10\nexec 2 9\nexec 3 1\nnext 108 1",
        &[(0x100, 1, [0, 1], [0, 0]), (0x102, 10, [1, 9], [9, 1]), (0x108, 1, [1, 0], [1, 0])],
    );
}

#[test]
fn runs_that_overlap_count_once() {
    let whole = LOOP.replace(' ', "");
    let runs = [(0x100, 5, whole.as_str()), (0x102, 3, "11680138fcd1")];
    check(
        &runs,
        "exec 0 1\nexec 1 9\nnext 108 1",
        &[(0x100, 1, [0, 1], [0, 0]), (0x102, 10, [1, 9], [9, 1]), (0x108, 1, [1, 0], [1, 0])],
    );
}

#[test]
fn executions_that_change_begin_a_block() {
    // `movs r0, #10` twice; a jump from elsewhere leads to the second.
    check(
        &[(0x100, 2, "0a200a20"), (0x102, 1, "0a20")],
        "exec 0 3\nexec 1 4",
        &[(0x100, 3, [0, 3], [0, 0]), (0x102, 7, [3, 4], [0, 0])],
    );
}

#[test]
fn predicated_return_may_fall_through() {
    // `it eq`, `bxeq lr`, `nop`
    check(
        &[(0x100, 2, "08bf7047"), (0x104, 1, "00bf")],
        "exec 0 5\nexec 1 2\nnext 104 2",
        &[(0x100, 5, [0, 5], [3, 2]), (0x104, 2, [2, 0], [0, 0])],
    );
    let flow = ProgramFlow::new(&profile("arm", &[(0, 2, "08bf7047")], "exec 0 1")).unwrap();
    let Flow::Branch { conditional, .. } = flow.program.instructions[1].operation.flow else {
        panic!("`bx` is a branch");
    };
    assert!(conditional);
}

#[test]
fn arithmetic_inside_it_keeps_the_flags() {
    use crate::decode::Registers;
    // `ite eq`, `addeq r0, #1`, `cmpne r0, #1`, `adds r0, #1`
    let flow =
        ProgramFlow::new(&profile("arm", &[(0, 4, "0cbf013001280130")], "exec 0 1")).unwrap();
    let flags: Vec<_> = flow
        .program
        .instructions
        .iter()
        .map(|placed| {
            let operation = placed.operation;
            [operation.reads, operation.writes].map(|set| set.intersects(Registers::FLAGS))
        })
        .collect();
    assert_eq!(flags[1..], [[true, false], [true, true], [false, true]]);
}

#[test]
fn calls_return_by_a_jump() {
    // `bl 0x108` / `nop` / … / `bx lr`
    check(
        &[(0x100, 1, "00f002f8"), (0x104, 1, "00bf"), (0x108, 1, "7047")],
        "exec 0 6\nexec 1 6\nexec 2 6",
        &[(0x100, 6, [0, 6], [6, 0]), (0x104, 6, [0, 6], [0, 0]), (0x108, 6, [0, 6], [6, 0])],
    );
}

#[test]
fn known_jumps_name_their_blocks() {
    let runs = [(0x100, 1, "0a20"), (0x102, 3, "11680138fcd1"), (0x108, 1, "7047")];
    let counts = "exec 0 1\nexec 1 10\nexec 2 1\nnext 108 1";
    let flow = ProgramFlow::new(&profile("arm", &runs, counts)).unwrap();
    let jumps: Vec<_> = flow.program.known_jumps().collect();
    assert_eq!(jumps, [KnownJump { from: 1, to: 1 }]);
    assert_eq!(flow.program.at(0x104), Some(2));
    assert_eq!(flow.program.block_at(0x104), None);
}

#[test]
fn more_continuations_than_executions_saturate() {
    check(
        &[(0x100, 1, "fed1"), (0x102, 1, "00bf")],
        "exec 0 5\nexec 1 2\nnext 102 9",
        &[(0x100, 5, [0, 5], [0, 5]), (0x102, 2, [2, 0], [0, 0])],
    );
}

#[test]
fn changed_code_is_an_error() {
    let runs = [(0x100, 1, "00bf"), (0x100, 1, "7047")];
    let error = ProgramFlow::new(&profile("arm", &runs, "exec 0 1\nexec 1 1")).unwrap_err();
    assert_eq!(error, Error::Changed { address: 0x100 });
}

#[test]
fn code_inside_an_instruction_is_an_error() {
    let runs = [(0x100, 1, "00f002f8"), (0x102, 1, "00bf")];
    let error = ProgramFlow::new(&profile("arm", &runs, "exec 0 1\nexec 1 1")).unwrap_err();
    assert_eq!(error, Error::Overlap { address: 0x102 });
}

#[test]
fn nothing_executed_is_no_program() {
    let flow = ProgramFlow::new(&profile("riscv32", &[], "")).unwrap();
    assert_eq!((flow.program.instructions.len(), flow.program.blocks.len()), (0, 0));
    assert_eq!(flow.all().count(), 1);
}

#[test]
fn too_many_counts_are_refused() {
    use std::fmt::Write;
    let code = "00bf".repeat(1 << 12);
    let mut text = format!(
        "smidgen-profile 2\nplugin 3 4\ntarget arm\nbuild 0\nalignment relaxed\nstatus exited\n\
         stack -\nrun 100 {} {code}\noutside 1\nexec 0 1\n",
        1 << 12
    );
    for step in 0..1 << 13 {
        writeln!(text, "step s{step} 1").unwrap();
    }
    for kind in ["misaligned", "unmapped", "readonly"] {
        writeln!(text, "violations {kind} 0").unwrap();
    }
    writeln!(text, "total {}\nend", 1 << 12).unwrap();
    let error = ProgramFlow::new(&Profile::parse(&text).unwrap()).unwrap_err();
    assert_eq!(error, Error::Size { steps: (1 << 13) + 1, instructions: 1 << 12 });
}
