//! Tests of the profile.

use super::*;

const SMALL: &str = "\
smidgen-profile 2
plugin 3 4
target arm
build 3f9c0a55
alignment strict
status exited
stack 348
region flash 0 400000 ro
region ram 20000000 400000 rw
run 1a4 3 0b4610b50468
run 1aa 2 01340460
run 1ae 1 00f001f8
outside 1
exec 0 12
next 1ae 11
next 1a4 2
access 1a8 0 48 0
step model_step_0 1
exec 1 5
exec 2 4
access 1ac - 0 28
misaligned 1ac 2
violations misaligned 2
violations unmapped 7
violations readonly 0
violation misaligned 1ac store 20000001 4
total 50
end
";

fn small() -> Profile {
    Profile::parse(SMALL).unwrap()
}

/// Replaces `from` by `to` in the small profile and checks line and text of the error.
fn check(from: &str, to: &str, line: usize, problem: &str) {
    assert!(SMALL.contains(from), "`{from}` is not in the profile");
    let error = Profile::parse(&SMALL.replacen(from, to, 1)).unwrap_err();
    assert_eq!((error.line, error.problem.to_string().as_str()), (line, problem));
}

#[test]
fn counts_are_those_of_the_text() {
    let profile = small();
    assert_eq!(profile.instructions, 50);
    assert_eq!(profile.outside.instructions, 36);
    assert_eq!(profile.outside.continuations, [(0x1a4, 2), (0x1ae, 11)]);
    let step = &profile.steps[0].counts;
    assert_eq!((step.entries, step.instructions), (1, 14));
    let access = Access { instruction: 0x1ac, region: None, read: 0, written: 28 };
    assert_eq!(step.accesses, [access]);
    assert_eq!(step.misaligned, [(0x1ac, 2)]);
    assert_eq!(profile.violation_counts.total(), 9);
    assert!(profile.violations[0].store);
}

#[test]
fn only_executed_runs_are_listed() {
    let addresses: Vec<_> = small().executed_runs().iter().map(|run| run.address).collect();
    assert_eq!(addresses, [0x1a4, 0x1aa, 0x1ae]);
    let without = SMALL.replace("exec 2 4\n", "").replace("total 50", "total 46");
    assert_eq!(Profile::parse(&without).unwrap().executed_runs().len(), 2);
}

#[test]
fn instructions_of_a_run_are_split_between_functions() {
    let symbol = |address, bytes, name: &str| Symbol { address, bytes, name: name.to_owned() };
    let symbols = [symbol(0x1a4, 4, "first"), symbol(0x1a8, 4, "second"), symbol(0x1ae, 0, "last")];
    let profile = small();
    let outside = profile.by_function(&profile.outside, &symbols);
    assert_eq!(outside, FunctionInstructions { functions: vec![24, 12, 0], elsewhere: 0 });
    let step = profile.by_function(&profile.steps[0].counts, &symbols);
    assert_eq!(step, FunctionInstructions { functions: vec![0, 5, 4], elsewhere: 5 });
}

#[test]
fn every_truncation_is_an_error() {
    let end = SMALL.len() - 1;
    for length in 0..end {
        assert!(Profile::parse(&SMALL[..length]).is_err(), "{length} bytes are enough");
    }
}

#[test]
fn every_changed_byte_is_an_error_or_a_profile() {
    for index in 0..SMALL.len() {
        for byte in [b'0', b'9', b'f', b' ', b'\n', b'-', 0x7f] {
            let mut bytes = SMALL.as_bytes().to_vec();
            bytes[index] = byte;
            let _any = Profile::parse(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[test]
fn another_version_is_named() {
    check("profile 2", "profile 3", 1, "version 3 is newer than this program reads (2)");
    check("profile 2", "profile 1", 1, "version 1 is older than this program reads (2)");
}

#[test]
fn another_text_is_named() {
    check("smidgen-profile", "hello", 1, "expected `smidgen-profile`, found `hello 2`");
}

#[test]
fn the_stack_may_be_unknown() {
    assert_eq!(small().stack_bytes, Some(348));
    let without = SMALL.replace("stack 348", "stack -");
    assert_eq!(Profile::parse(&without).unwrap().stack_bytes, None);
    check("stack 348", "stack x", 7, "`x` is not a number of bytes or `-`");
}

#[test]
fn unknown_target_is_named() {
    check("target arm", "target mips", 3, "`mips` is not a target whose instructions are known");
}

#[test]
fn missing_line_is_named() {
    check("status exited\n", "", 6, "expected `status`, found `stack 348`");
}

#[test]
fn wrong_number_is_named() {
    check("exec 0 12", "exec 0 -12", 14, "`-12` is not a decimal number in range");
}

#[test]
fn unknown_run_is_named() {
    check("exec 0 12", "exec 3 12", 14, "run 3 does not exist");
}

#[test]
fn too_many_regions_are_refused() {
    let line = "region ram 20000000 400000 rw\n";
    check(line, &line.repeat(256), 264, "more than 256 regions");
}

#[test]
fn unknown_region_is_named() {
    check("1a8 0 48", "1a8 2 48", 17, "region 2 does not exist");
}

#[test]
fn repeated_run_is_named() {
    check("exec 2 4", "exec 1 4", 20, "run is repeated or out of order");
}

#[test]
fn wrong_total_is_named() {
    check("total 50", "total 51", 27, "the total is 51, but the steps add up to 50");
}

#[test]
fn overflow_is_named() {
    check("exec 0 12", "exec 0 18446744073709551615", 14, "the counts overflow");
}

#[test]
fn cut_instruction_is_named() {
    let problem = "the run's code is not 1 whole instructions within 32 bits of address";
    check("00f001f8", "00f0", 12, problem);
}

#[test]
fn wrong_number_of_instructions_is_named() {
    let problem = "the run's code is not 4 whole instructions within 32 bits of address";
    check("1a4 3", "1a4 4", 10, problem);
}

#[test]
fn run_beyond_the_address_space_is_named() {
    let problem = "the run's code is not 2 whole instructions within 32 bits of address";
    check("1aa 2", "fffffffe 2", 11, problem);
}

#[test]
fn odd_digits_are_named() {
    check("01340460", "0134046", 11, "`0134046` is not pairs of hexadecimal digits");
}

#[test]
fn further_field_is_named() {
    check("outside 1", "outside 1 2", 13, "nothing should follow here, but `2` does");
}

#[test]
fn text_behind_the_end_is_named() {
    check("end\n", "end\nx\n", 29, "nothing should follow here, but `a line after `end`` does");
}

#[test]
fn compressed_and_full_instructions_are_told_apart() {
    let code = [0x01, 0x45, 0x13, 0x05, 0x15, 0x00, 0x13];
    let list: Vec<_> = Encoding::RiscV.instructions(0x8000_0000, &code).collect();
    let instruction = |address, opcode, bytes| Instruction { address, opcode, bytes };
    assert_eq!(
        list,
        [instruction(0x8000_0000, 0x4501, 2), instruction(0x8000_0002, 0x0015_0513, 4)]
    );
}
