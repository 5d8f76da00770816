//! Tests of single opcodes, and of what holds for all. The agreement with a disassembler over whole
//! programs is tested where programs are built.

use super::*;

/// Decodes `text`, an opcode in hexadecimal, at address 0x1000, and prints what it does.
fn check(encoding: Encoding, text: &str, expected: &str) {
    let opcode = u32::from_str_radix(text, 16).unwrap();
    let instruction = Instruction { address: 0x1000, opcode, bytes: text.len() as u32 / 2 };
    let Operation { class, reads, writes, address, words, flow } = decode(encoding, instruction);
    let jump = match flow {
        Flow::Next => String::new(),
        Flow::Branch { target, conditional, call } => {
            let target = target.map_or("?".to_owned(), |target| format!("{target:x}"));
            let (conditional, call) =
                (if conditional { " if" } else { "" }, if call { " call" } else { "" });
            format!(" to {target}{conditional}{call}")
        }
    };
    let found = format!("{class} {reads:?} {writes:?} {address:?} {words}{jump}");
    assert_eq!(found, expected, "{text}");
}

fn thumb(text: &str, expected: &str) {
    check(Encoding::Thumb, text, expected);
}

fn riscv(text: &str, expected: &str) {
    check(Encoding::RiscV, text, expected);
}

#[test]
fn loads_and_stores_tell_addresses_and_words() {
    thumb("f8d13004", "load {r1} {r3} {r1} 1"); // ldr.w r3, [r1, #4]
    thumb("f8022b01", "store {r2} {r2} {r2} 1"); // strb.w r2, [r2], #1
    thumb("e9d31200", "load-pair {r3} {r1, r2} {r3} 2"); // ldrd
    thumb("e8b100f0", "load-multiple {r1} {r1, r4, r5, r6, r7} {r1} 4"); // ldmia.w r1!
    thumb("ed910b00", "float-load {r1} {s0, s1} {r1} 2"); // vldr d0, [r1]
    thumb("ecb10a03", "float-load-multiple {r1} {r1, s0, s1, s2} {r1} 3"); // vldmia r1!
    riscv("00a5a227", "float-store {r11, s10} {} {r11} 1"); // fsw
    riscv("4512", "load {r2} {r10} {r2} 1"); // c.lwsp
}

#[test]
fn accumulators_are_read() {
    thumb("fb024103", "multiply-accumulate {r2, r3, r4} {r1} {} 0"); // mla r1, r2, r3, r4
    thumb("fbc312c4", "simd-multiply-long {r1, r2, r3, r4} {r1, r2} {} 0"); // smlald r1, r2, r3, r4
    thumb("ee002a81", "float-multiply-accumulate {s1, s2, s4} {s4} {} 0"); // vmla.f32 s4, s1, s2
    riscv("68c5f543", "float-multiply-accumulate {s11, s12, s13} {s10} {} 0");
}

#[test]
fn branches_tell_their_targets() {
    thumb("d0fe", "branch-conditional {flags} {} {} 0 to 1000 if"); // beq .
    thumb("f7fffffe", "call {} {r14} {} 0 to 1000 call"); // bl .
    thumb("f00fc005", "loop-end {r14} {r14} {} 0 to ffc if"); // le lr, .-4
    thumb("f042c003", "loop-start {r2} {r14} {} 0 to 1008 if"); // wls lr, r2, .+8
    thumb("bd10", "branch-load {r13} {r4, r13} {r13} 2 to ?"); // pop {r4, pc}
    thumb("4770", "branch-indirect {r14} {} {} 0 to ?"); // bx lr
    thumb("4798", "branch-indirect {r3} {r14} {} 0 to ? call"); // blx r3
    riscv("fe000ee3", "compare-branch {} {} {} 0 to ffc if"); // beq x0, x0, .-4
    riscv("2001", "call {} {r1} {} 0 to 1000 call"); // c.jal .
    riscv("8082", "branch-indirect {r1} {} {} 0 to ?"); // ret
}

#[test]
fn byte_and_halfword_compressed_instructions_are_decoded() {
    riscv("8188", "load-narrow {r11} {r10} {r11} 1"); // c.lbu
    riscv("8588", "load-narrow {r11} {r10} {r11} 1"); // c.lhu
    riscv("8988", "store {r10, r11} {} {r11} 1"); // c.sb
    riscv("8d88", "store {r10, r11} {} {r11} 1"); // c.sh
    riscv("9d61", "extend {r10} {r10} {} 0"); // c.zext.b
    riscv("9d75", "alu {r10} {r10} {} 0"); // c.not
    riscv("9d4d", "multiply {r10, r11} {r10} {} 0"); // c.mul
}

#[test]
fn undefined_opcodes_do_nothing() {
    for text in ["ebffffff", "f7f08000"] {
        thumb(text, "unknown {} {} {} 0");
    }
    for text in ["0000", "8002", "ffffffff", "0000707f"] {
        riscv(text, "unknown {} {} {} 0");
    }
}

/// Holds for all opcodes: nothing of an unknown one, no program counter, no `x0`, and addresses are
/// read.
#[test]
fn every_opcode_is_consistent() {
    let mut state = 1_u32;
    for _ in 0..1_000_000 {
        state = state.wrapping_mul(0x2c92_77b5).wrapping_add(0xac56_4b05);
        let opcode = state.rotate_left(13) ^ state;
        for (encoding, zero) in [(Encoding::Thumb, 15), (Encoding::RiscV, 0)] {
            for bytes in [2, 4] {
                let opcode = if bytes == 2 { opcode & 0xffff } else { opcode };
                let instruction = Instruction { address: u32::MAX - 1, opcode, bytes };
                let operation = decode(encoding, instruction);
                let all = operation.reads | operation.writes;
                assert!(!all.intersects(Registers::integer(zero)), "{instruction:?}");
                assert!((operation.address - operation.reads).is_empty(), "{instruction:?}");
                let is_unknown = operation.class == Class::Unknown;
                assert!(!is_unknown || operation == Operation::new(Class::Unknown));
            }
        }
    }
}
