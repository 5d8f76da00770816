//! Tests of the parts that need no emulator.

#[path = "../src/decode.rs"]
#[allow(dead_code, reason = "not every part is tested here")]
mod decode;
#[path = "../src/map.rs"]
#[allow(dead_code, reason = "not every part is tested here")]
mod map;

use decode::Encoding;
use map::Map;

const MAP: &str = "\
smidgen-map 1
# a comment
build 3f9c0a55
alignment strict
limit 0
region flash 0 400000 ro
region ram 20000000 400000 rw
step 2b9 second
step 1a5 first
end 9c
";

/// Replaces `from` by `to` in the map and checks the error.
fn check(from: &str, to: &str, error: &str) {
    assert!(MAP.contains(from), "`{from}` is not in the map");
    assert_eq!(Map::parse(&MAP.replacen(from, to, 1)), Err(error.to_owned()));
}

/// Checks which of the opcodes may access memory.
fn check_access(encoding: Encoding, opcodes: &[&[u8]], expected: bool) {
    for opcode in opcodes {
        assert_eq!(encoding.may_access_memory(opcode), expected, "{opcode:02x?}");
    }
}

#[test]
fn map_is_read() {
    let map = Map::parse(MAP).unwrap();
    assert_eq!((map.build.as_str(), map.strict_alignment, map.limit), ("3f9c0a55", true, u64::MAX));
    assert_eq!(map.steps, ["second", "first"]);
    assert_eq!(
        [0x2b8, 0x1a4, 0x9c, 0x9e].map(|at| map.switch_at(at)),
        [Some(1), Some(2), Some(0), None]
    );
    assert_eq!((map.regions[1].base, map.regions[1].writable), (0x2000_0000, true));
}

#[test]
fn other_files_are_no_maps() {
    check("smidgen-map 1", "smidgen-map 2", "line 1: expected `smidgen-map 1`");
    assert!(Map::parse("").is_err());
}

#[test]
fn missing_items_are_named() {
    check("build 3f9c0a55\n", "", "no `build` line");
    check("alignment strict\n", "", "no `alignment` line");
    check("limit 0\n", "", "no `limit` line");
}

#[test]
fn repeated_items_are_named() {
    check("limit 0\n", "limit 0\nlimit 1\n", "line 6: item given twice");
}

#[test]
fn unknown_items_are_named() {
    check("end 9c", "stop 9c", "line 10: unknown item or wrong number of fields");
    check("end 9c", "end 9c 9e", "line 10: unknown item or wrong number of fields");
}

#[test]
fn wrong_numbers_are_named() {
    check("end 9c", "end 0x9c", "line 10: `0x9c`: invalid digit found in string");
    check("limit 0", "limit -1", "line 5: invalid digit found in string");
}

#[test]
fn regions_must_be_apart() {
    check("ram 20000000", "ram 3fffff", "regions `flash` and `ram` overlap");
}

#[test]
fn regions_must_fit_the_address_space() {
    let error = "line 7: a range needs a size, and an end below 4 GiB";
    check("ram 20000000 400000", "ram ffc00000 400001", error);
    check("ram 20000000 400000", "ram 20000000 0", error);
}

#[test]
fn one_range_is_protected() {
    let protect = "end 9c\nprotect 20000010 8";
    let map = Map::parse(&MAP.replace("end 9c", protect)).unwrap();
    assert_eq!(map.protected, Some(map::Range { base: 0x2000_0010, bytes: 8 }));
    let twice = [protect, "protect 0 1"].join("\n");
    check("end 9c", &twice, "line 12: item given twice");
}

#[test]
fn switches_must_be_apart() {
    check("end 9c", "end 1a4", "two switches at address 1a4");
}

#[test]
fn thumb_memory_accesses_are_found() {
    let accesses: &[&[u8]] = &[
        &[0x00, 0x49],             // ldr r1, [pc]
        &[0xd1, 0x52],             // strh
        &[0x51, 0x60],             // str
        &[0x02, 0x92],             // str r2, [sp, #8]
        &[0x10, 0xb5],             // push
        &[0x10, 0xbd],             // pop
        &[0x0c, 0xc9],             // ldm
        &[0xd3, 0xe9, 0x00, 0x12], // ldrd
        &[0xdf, 0xe8, 0x01, 0xf0], // tbb
        &[0x52, 0xf8, 0x23, 0x10], // ldr.w
        &[0x91, 0xed, 0x00, 0x0a], // vldr
        &[0x12, 0xfc, 0x00, 0x1e], // vld20.8
    ];
    check_access(Encoding::Thumb, accesses, true);
}

#[test]
fn thumb_arithmetic_is_passed_over() {
    let others: &[&[u8]] = &[
        &[0x01, 0x34],             // adds
        &[0xfe, 0xd1],             // bne
        &[0x70, 0x47],             // bx lr
        &[0x06, 0xb0],             // add sp
        &[0xab, 0xbe],             // bkpt
        &[0x22, 0xfb, 0x03, 0x41], // smlad
        &[0xff, 0xf7, 0xfe, 0xff], // bl
        &[0x30, 0xee, 0x81, 0x0a], // vadd
    ];
    check_access(Encoding::Thumb, others, false);
}

#[test]
fn riscv_memory_accesses_are_found() {
    let accesses: &[&[u8]] = &[
        &[0xc8, 0x41],             // c.lw
        &[0x2a, 0xc2],             // c.swsp
        &[0x12, 0x65],             // c.flwsp
        &[0x03, 0xa5, 0x45, 0x00], // lw
        &[0x23, 0xa2, 0xa5, 0x00], // sw
        &[0x07, 0xa5, 0x45, 0x00], // flw
        &[0x2f, 0xa5, 0xc5, 0x00], // amoadd.w
    ];
    check_access(Encoding::RiscV, accesses, true);
}

#[test]
fn riscv_arithmetic_is_passed_over() {
    let others: &[&[u8]] = &[
        &[0x08, 0x08],             // c.addi4spn
        &[0x7d, 0x15],             // c.addi
        &[0x2e, 0x85],             // c.mv
        &[0x33, 0x85, 0xc5, 0x02], // mul
        &[0x73, 0x00, 0x10, 0x00], // ebreak
    ];
    check_access(Encoding::RiscV, others, false);
}

#[test]
fn lengths_follow_from_the_first_bytes() {
    assert_eq!(Encoding::Thumb.length([0x00, 0xe0, 0, 0]), 2);
    assert_eq!(Encoding::Thumb.length([0x00, 0xe8, 0, 0]), 4);
    assert_eq!(Encoding::RiscV.length([0x01, 0x00, 0, 0]), 2);
    assert_eq!(Encoding::RiscV.length([0x13, 0x00, 0, 0]), 4);
}
