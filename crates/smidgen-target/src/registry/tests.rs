//! Every built-in file loads; every kind of mistake is named with its file and field.

use super::*;
use crate::Device;

const CHIP: SourceFile<'_> = SourceFile {
    path: "mine/chips/c1.toml",
    text: r#"
        description = "Chip"
        core = "cortex-m4"
        max_clock_hz = 100
        unverified = ["price.usd", "memories.flash.timing.unit_bytes", "caches.art"]
        price = { usd = 2.5, year = 2024 }
        [[memories]]
        name = "flash"
        kind = "flash"
        base = 0
        size = 1024
        [memories.timing]
        unit_bytes = 8
        wait_states = [{ up_to_hz = 50, cycles = 0 }, { up_to_hz = 100, cycles = 1 }]
        source = "manual"
        [[memories]]
        name = "ram"
        kind = "ram"
        base = 0x20000000
        size = 512
        [[memories]]
        name = "serial"
        kind = "flash"
        role = "external"
        base = 0x90000000
        size = 4096
        [[caches]]
        name = "art"
        serves = "instruction"
        memories = ["flash", "serial"]
        size_bytes = 1024
        line_bytes = 16
        ways = 4
        enabled = true
        source = "manual"
        [[power]]
        mode = "active"
        milliamps = 2.0
        volts = 3.0
        clock_hz = 80
        conditions = "loop"
        source = "data sheet"
    "#,
};

const BOARD: SourceFile<'_> = SourceFile {
    path: "mine/boards/b1.toml",
    text: r#"
        description = "Mine"
        chip = "c1"
        clock_hz = 80
        code = "flash"
        data = "ram"
        external = { serial = 2048 }
        caches = { art = false }
    "#,
};

/// Replaces `from` by `to` in the sample chip (or board) and expects an error with `message`.
#[track_caller]
fn check_error(file: SourceFile<'_>, from: &str, to: &str, message: &str) {
    assert!(file.text.contains(from));
    let changed = SourceFile { path: file.path, text: &file.text.replacen(from, to, 1) };
    let files = [CHIP, BOARD].map(|f| if f.path == file.path { changed } else { f });
    let error = Registry::load(&files).unwrap_err().to_string();
    assert!(error.contains(file.path), "{error}");
    assert!(error.contains(message), "{error}");
}

/// The sample board.
#[track_caller]
fn device(files: &[SourceFile<'_>]) -> Device {
    let registry = Registry::load(files).unwrap();
    registry.board("b1").unwrap().device().unwrap().clone()
}

#[test]
fn own_board_joins_own_chip_and_builtin_core() {
    let registry = Registry::load(&[CHIP, BOARD]).unwrap();
    let board = registry.board("b1").unwrap();
    assert_eq!(board.core, registry.board("qemu-m4").unwrap().core);
    let device = board.device().unwrap();
    assert_eq!((device.code.size, device.data.size, device.clock_hz), (1024, 512, 80));
}

#[test]
fn unknown_board_suggests_the_nearest() {
    let error = Registry::builtin().board("quemu-m4").unwrap_err();
    assert_eq!(error.to_string(), "there is no board `quemu-m4`; did you mean `qemu-m4`?");
    let error = Registry::builtin().board("xyzzy").unwrap_err();
    assert_eq!(error.to_string(), "there is no board `xyzzy`; `smidgen boards` lists them");
}

#[test]
fn wrong_place() {
    let file = SourceFile { path: "mine/b1.toml", text: "" };
    assert_eq!(
        Registry::load(&[file]).unwrap_err(),
        Error::Place { file: "mine/b1.toml".to_owned() }
    );
}

#[test]
fn names_that_cannot_be_typed() {
    for path in ["mine/boards/all.toml", "mine/boards/emulated.toml", "mine/boards/a,b.toml"] {
        let error = Registry::load(&[CHIP, SourceFile { path, ..BOARD }]).unwrap_err();
        assert_eq!(error, Error::Name { file: path.to_owned() });
    }
}

#[test]
fn same_name_twice() {
    let file = SourceFile { path: "mine/boards/qemu-m4.toml", ..BOARD };
    let error = Registry::load(&[CHIP, file]).unwrap_err();
    assert!(matches!(error, Error::Duplicate { kind: "board", .. }), "{error}");
}

#[test]
fn unknown_field() {
    check_error(BOARD, "clock_hz", "clock", "unknown field `clock`");
}

#[test]
fn missing_field() {
    check_error(BOARD, "clock_hz = 80", "", "field `clock_hz`: missing");
}

#[test]
fn unknown_chip() {
    check_error(BOARD, "\"c1\"", "\"an38\"", "field `chip`: there is no `an38`; did you mean");
}

#[test]
fn unknown_core() {
    check_error(CHIP, "cortex-m4", "cortex-m5", "field `core`: there is no `cortex-m5`");
}

#[test]
fn unknown_memory() {
    check_error(BOARD, "code = \"flash\"", "code = \"flesh\"", "field `code`: there is no `flesh`");
}

#[test]
fn memory_of_the_wrong_kind() {
    check_error(BOARD, "code = \"flash\"", "code = \"ram\"", "field `code`: memory `ram` must be");
}

#[test]
fn clock_above_the_chip() {
    check_error(BOARD, "80", "101", "field `clock_hz`: must be from 1 to 100");
}

#[test]
fn empty_memory() {
    check_error(CHIP, "size = 512", "size = 0", "field `memories.ram`: `size` must be more than 0");
}

#[test]
fn overlapping_memories() {
    check_error(CHIP, "0x20000000", "1023", "field `memories.ram`: overlaps memory `flash`");
}

#[test]
fn memory_beyond_the_address_space() {
    check_error(CHIP, "0x20000000", "0xFFFFFFFF", "reach beyond 32-bit addresses");
}

#[test]
fn two_memories_of_one_name() {
    check_error(CHIP, "name = \"ram\"", "name = \"flash\"", "two memories have this name");
}

#[test]
fn host_has_no_memories() {
    check_error(CHIP, "cortex-m4", "host", "field `max_clock_hz`: the host has none");
}

#[test]
fn memory_with_a_space_in_its_name() {
    check_error(CHIP, "\"ram\"", "\"r m\"", "field `memories.r m`: a name has letters");
}

#[test]
fn board_gives_external_memories_their_size() {
    let device = device(&[CHIP, BOARD]);
    assert_eq!(device.chip.memory("serial").unwrap().size, 2048);
}

#[test]
fn board_without_external_memory_lacks_it() {
    let text = BOARD.text.replace("external = { serial = 2048 }", "");
    let device = device(&[CHIP, SourceFile { path: BOARD.path, text: &text }]);
    assert_eq!(device.chip.memory("serial"), None);
    assert_eq!(device.chip.caches[0].memories, ["flash"]);
}

#[test]
fn board_switches_caches() {
    let device = device(&[CHIP, BOARD]);
    assert!(!device.chip.caches[0].enabled);
}

#[test]
fn waits_follow_the_clock() {
    let device = device(&[CHIP, BOARD]);
    let delay = device.code.timing.unwrap().delay;
    assert_eq!([50, 51].map(|clock| delay.wait_states(clock)), [Some(0), Some(1)]);
    assert!(device.data.timing.is_none());
}

#[test]
fn current_and_voltage_are_power() {
    assert_eq!(device(&[CHIP, BOARD]).chip.power[0].draw.milliwatts() as u32, 6);
}

#[test]
fn stand_in_is_the_emulated_board_with_the_own_core() {
    let core = SourceFile {
        path: "mine/cores/mine.toml",
        text: "description = \"M4\"\nisa = \"armv7e-m\"\nfeatures = [\"dsp\"]\n\
               flags = [\"-O\"]\nemulated_on = \"qemu-m4\"",
    };
    let chip = SourceFile { path: CHIP.path, text: &CHIP.text.replace("cortex-m4", "mine") };
    let registry = Registry::load(&[core, chip, BOARD]).unwrap();
    let (own, emulated) = (registry.board("b1").unwrap(), registry.board("qemu-m4").unwrap());
    let stand_in = registry.stand_in(own).unwrap();
    assert_eq!((&stand_in.core, &stand_in.platform), (&own.core, &emulated.platform));
    assert_eq!(registry.stand_in(emulated).as_ref(), Some(emulated));
}

#[test]
fn nothing_stands_in_for_a_core_that_is_not_emulated() {
    let core = SourceFile {
        path: "mine/cores/mine.toml",
        text: "description = \"X\"\nisa = \"xtensa\"\nfeatures = []",
    };
    let chip = SourceFile { path: CHIP.path, text: &CHIP.text.replace("cortex-m4", "mine") };
    let registry = Registry::load(&[core, chip, BOARD]).unwrap();
    assert_eq!(registry.stand_in(registry.board("b1").unwrap()), None);
}

/// Loads a core with `fields` and expects an error with `message`.
#[track_caller]
fn check_core_error(fields: &str, message: &str) {
    let text = format!("description = \"M4\"\nisa = \"armv7e-m\"\n{fields}");
    let core = SourceFile { path: "mine/cores/mine.toml", text: &text };
    let error = Registry::load(&[core]).unwrap_err().to_string();
    assert!(error.contains("mine/cores/mine.toml: field `emulated_on`"), "{error}");
    assert!(error.contains(message), "{error}");
}

#[test]
fn emulated_on_an_unknown_board() {
    check_core_error("features = []\nemulated_on = \"qemu-m44\"", "did you mean `qemu-m4`?");
}

#[test]
fn emulated_on_another_instruction_set() {
    check_core_error("features = []\nemulated_on = \"qemu-m3\"", "instruction set armv7-m");
}

#[test]
fn emulated_on_a_lesser_core() {
    let fields = "features = [\"fpu-double\"]\nemulated_on = \"qemu-m4\"";
    check_core_error(fields, "lacks features");
}

#[test]
fn emulated_on_the_host() {
    check_core_error("features = []\nemulated_on = \"host\"", "is not emulated");
}

#[test]
fn wait_states_below_the_clock() {
    let message = "field `memories.flash.timing`: `wait_states` must cover `max_clock_hz`, 100";
    check_error(CHIP, "up_to_hz = 100", "up_to_hz = 99", message);
}

#[test]
fn wait_states_out_of_order() {
    check_error(CHIP, "up_to_hz = 50", "up_to_hz = 100", "must have ascending clocks");
}

#[test]
fn two_ways_to_say_a_delay() {
    check_error(CHIP, "unit_bytes = 8", "unit_bytes = 8\nlatency_ns = 1.0", "needs either");
}

#[test]
fn delay_that_is_no_number() {
    let states = "wait_states = [{ up_to_hz = 50, cycles = 0 }, { up_to_hz = 100, cycles = 1 }]";
    check_error(CHIP, states, "latency_ns = nan\nns_per_byte = 1.0", "must be from 0 to");
}

#[test]
fn odd_unit() {
    check_error(CHIP, "unit_bytes = 8", "unit_bytes = 12", "`unit_bytes` must be a power of two");
}

#[test]
fn cache_of_an_unknown_memory() {
    let message = "field `caches.art.memories`: there is no `flsh`; did you mean `flash`?";
    check_error(CHIP, "[\"flash\", ", "[\"flsh\", ", message);
}

#[test]
fn cache_with_odd_sizes() {
    check_error(
        CHIP,
        "ways = 4",
        "ways = 3",
        "field `caches.art`: `size_bytes` must be a multiple",
    );
    check_error(
        CHIP,
        "ways = 4",
        "ways = 0",
        "field `caches.art`: `size_bytes` must be a multiple",
    );
    check_error(CHIP, "line_bytes = 16", "line_bytes = 0", "`line_bytes` must be a power of two");
}

#[test]
fn two_caches_for_one_access() {
    let start = CHIP.text.find("[[caches]]").unwrap();
    let end = CHIP.text.find("[[power]]").unwrap();
    let second = CHIP.text[start..end].replace("\"art\"", "\"l1\"");
    let both = format!("{second}[[power]]");
    check_error(CHIP, "[[power]]", &both, "field `caches.l1`: memory `flash` has cache `art`");
}

#[test]
fn power_without_voltage() {
    check_error(CHIP, "volts = 3.0", "", "field `power[0].mode`: needs either `milliamps` and");
}

#[test]
fn power_without_clock() {
    check_error(CHIP, "clock_hz = 80", "", "field `power[0].clock_hz`: missing");
}

#[test]
fn negative_power() {
    check_error(CHIP, "milliamps = 2.0", "milliamps = -2.0", "must be more than 0");
    let both = "milliamps = -2.0\n        volts = -3.0\n";
    check_error(CHIP, "milliamps = 2.0\n        volts = 3.0\n", both, "must be more than 0");
}

#[test]
fn price_of_nothing() {
    check_error(CHIP, "usd = 2.5", "usd = 0.0", "field `price.usd`: must be more than 0");
}

#[test]
fn unverified_field_that_is_not_there() {
    check_error(CHIP, "caches.art", "caches.dart", "field `unverified`: this file does not set");
    check_error(CHIP, "caches.art", "core.name", "this file does not set `core.name`");
}

#[test]
fn external_memory_larger_than_its_window() {
    check_error(BOARD, "2048", "4097", "field `external.serial`: must be from 1 to 4096");
}

#[test]
fn internal_memory_cannot_be_resized() {
    check_error(BOARD, "serial =", "flash =", "field `external`: there is no `flash`");
}

#[test]
fn unknown_cache_of_a_board() {
    check_error(BOARD, "art = false", "ar = false", "field `caches`: there is no `ar`");
}

#[test]
fn code_in_an_external_memory_that_is_not_there() {
    let text = BOARD.text.replace("code = \"flash\"", "code = \"serial\"");
    let text = text.replace("external = { serial = 2048 }", "");
    let board = SourceFile { path: BOARD.path, text: &text };
    let error = Registry::load(&[CHIP, board]).unwrap_err().to_string();
    assert!(error.contains("field `code`: there is no `serial`"), "{error}");
}
