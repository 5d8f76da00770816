//! The plug-in's counts against counts by hand and against the emulator's own trace, with whatever
//! QEMU is installed.

#![allow(clippy::unwrap_used, reason = "this is a test, its helpers too")]

use object::{Object, ObjectSymbol};
use smidgen_run::plugin;
use smidgen_target::{Feature, Features, Isa};
use smidgen_timing::isa::{self, Foreign};
use smidgen_timing::profile::{Counts, Fault, Profile, Status, Symbol};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const COUNTED_ARM: &str = include_str!("plugin_exactness/counted_arm.s");
const COUNTED_RISCV: &str = include_str!("plugin_exactness/counted_riscv.s");
const START_ARM: &str = include_str!("plugin_exactness/start_arm.s");
const START_RISCV: &str = include_str!("plugin_exactness/start_riscv.s");
const WORK: &str = include_str!("plugin_exactness/work.c");

/// An emulated board and how firmware for it is made.
struct Machine {
    emulator: &'static str,
    options: &'static [&'static str],
    compiler: &'static str,
    flags: &'static [&'static str],
    code: u32,
    data: u32,
    isa: Isa,
    features: &'static [Feature],
}

const ARM: Machine = Machine {
    emulator: "qemu-system-arm",
    options: &["-M", "mps2-an385"],
    compiler: "arm-none-eabi-gcc",
    flags: &["-mthumb", "-mcpu=cortex-m0plus"],
    code: 0,
    data: 0x2000_0000,
    isa: Isa::ArmV6M,
    features: &[],
};
const M3: Machine = Machine { flags: &["-mthumb", "-mcpu=cortex-m3"], isa: Isa::ArmV7M, ..ARM };
const M4: Machine = Machine {
    options: &["-M", "mps2-an386"],
    flags: &["-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
    isa: Isa::ArmV7EM,
    features: &[Feature::Dsp, Feature::FpuSingle],
    ..ARM
};
const M7: Machine = Machine {
    options: &["-M", "mps2-an500"],
    flags: &["-mthumb", "-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"],
    ..M4
};
const M33: Machine = Machine {
    options: &["-M", "mps2-an505"],
    flags: &["-mthumb", "-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"],
    code: 0x1000_0000,
    data: 0x3800_0000,
    isa: Isa::ArmV8MMain,
    ..M4
};
const M55: Machine = Machine {
    options: &["-M", "mps3-an547"],
    flags: &["-mthumb", "-mcpu=cortex-m55", "-mfloat-abi=hard"],
    isa: Isa::ArmV81MMain,
    ..M4
};
const RV32IMC: Machine = Machine {
    emulator: "qemu-system-riscv32",
    options: &["-M", "virt", "-bios", "none", "-m", "16M", "-cpu", "lowrisc-ibex"],
    compiler: "riscv64-unknown-elf-gcc",
    flags: &["-march=rv32imc", "-mabi=ilp32", "-mcmodel=medany"],
    code: 0x8000_0000,
    data: 0x8040_0000,
    isa: Isa::Rv32imc,
    features: &[],
};
const RV32IMAC: Machine = Machine {
    options: &["-M", "virt", "-bios", "none", "-m", "16M", "-cpu", "sifive-e31"],
    flags: &["-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany"],
    isa: Isa::Rv32imac,
    ..RV32IMC
};
const RV32IMAFC: Machine = Machine {
    options: &["-M", "virt", "-bios", "none", "-m", "16M", "-cpu", "sifive-e34"],
    flags: &["-march=rv32imafc", "-mabi=ilp32f", "-mcmodel=medany"],
    isa: Isa::Rv32imafc,
    ..RV32IMC
};

/// What the host tells the plug-in besides regions and steps.
#[derive(Clone, Copy)]
struct Request {
    alignment: &'static str,
    limit: u64,
    /// Whether the region of the devices is listed.
    devices: bool,
}

const PLAIN: Request = Request { alignment: "strict", limit: 0, devices: true };

/// A linked image in a directory of its own.
struct Firmware<'a> {
    machine: &'a Machine,
    folder: TempDir,
    symbols: Vec<(String, u32)>,
}

impl Machine {
    fn is_riscv(&self) -> bool {
        self.isa.is_riscv()
    }

    /// Executed instructions that the core does not have.
    fn foreign(&self, profile: &Profile) -> Vec<Foreign> {
        isa::check(profile, self.isa, &self.features.iter().copied().collect())
    }

    /// The firmware that was counted by hand.
    fn counted(&self) -> Firmware<'_> {
        let source = if self.is_riscv() { COUNTED_RISCV } else { COUNTED_ARM };
        Firmware::build(self, &[("counted.s", source)])
    }

    /// The compiled firmware.
    fn compiled(&self) -> Firmware<'_> {
        let start = if self.is_riscv() { START_RISCV } else { START_ARM };
        Firmware::build(self, &[("start.s", start), ("work.c", WORK)])
    }

    /// Firmware of a few instructions that ends by itself, between `work` and the exit.
    fn snippet(&self, body: &str) -> Firmware<'_> {
        let (start, head, tail) = if self.is_riscv() {
            (START_RISCV, "", "ret")
        } else {
            (START_ARM, ".syntax unified\n.thumb\n.thumb_func", "bx lr")
        };
        let work = format!("{head}\n.global work\nwork:\n{body}\n{tail}\n");
        Firmware::build(self, &[("start.s", start), ("work.s", &work)])
    }
}

impl<'a> Firmware<'a> {
    fn build(machine: &'a Machine, sources: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let script = format!(
            "ENTRY(reset) SECTIONS {{ \
             . = {:#x}; .text : {{ *(.vectors) *(.text*) *(.rodata*) }} \
             . = {:#x}; .bss (NOLOAD) : {{ *(.bss*) *(COMMON) }} \
             stack = {:#x}; }}",
            machine.code,
            machine.data,
            machine.data + 0x10000,
        );
        std::fs::write(folder.path().join("link.ld"), script).unwrap();
        let mut command = Command::new(machine.compiler);
        command.current_dir(&folder).args(machine.flags);
        command.args(["-O3", "-ffreestanding", "-nostdlib", "-T", "link.ld", "-o", "image.elf"]);
        for (name, text) in sources {
            std::fs::write(folder.path().join(name), text).unwrap();
            command.arg(name);
        }
        run(command.arg("-lgcc"), Some(0));
        let bytes = std::fs::read(folder.path().join("image.elf")).unwrap();
        let elf = object::File::parse(&*bytes).unwrap();
        let symbol = |symbol: object::Symbol| {
            Some((symbol.name().ok()?.to_owned(), symbol.address() as u32 & !1))
        };
        let symbols = elf.symbols().filter_map(symbol).collect();
        Firmware { machine, folder, symbols }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn symbol(&self, name: &str) -> Option<u32> {
        self.symbols.iter().find(|symbol| symbol.0 == name).map(|symbol| symbol.1)
    }

    /// Writes the map; steps are the symbols of this name that exist.
    fn write_map(&self, request: Request) {
        let Request { alignment, limit, devices } = request;
        let Machine { code, data, .. } = *self.machine;
        let mut map = format!(
            "smidgen-map 1\nbuild test\nalignment {alignment}\nlimit {limit}\n\
             region code {code:x} 400000 ro\nregion data {data:x} 200000 rw\n"
        );
        if devices {
            let riscv = "region devices 2000000 10000 rw\nregion reset 1000 f000 ro\n";
            let arm = "region devices e0000000 100000 rw\n";
            map.push_str(if self.machine.is_riscv() { riscv } else { arm });
        }
        for number in 0..3 {
            let name = format!("model_step_{number}");
            if let Some(address) = self.symbol(&name) {
                writeln!(map, "step {address:x} {name}").unwrap();
            }
        }
        if let Some(address) = self.symbol("inference_end") {
            writeln!(map, "end {address:x}").unwrap();
        }
        std::fs::write(self.path("map"), map).unwrap();
    }

    fn emulator(&self) -> Command {
        let mut command = Command::new(self.machine.emulator);
        command.current_dir(&self.folder).args(self.machine.options);
        command.args(["-kernel", "image.elf", "-display", "none", "-serial", "none"]);
        command.args(["-monitor", "none", "-nodefaults"]);
        command.args(["-semihosting-config", "enable=on,target=native"]);
        command
    }

    /// The emulator with the plug-in that fits it.
    fn counting_emulator(&self) -> Command {
        let (major, minor) = version(self.machine.emulator);
        let object = plugin::for_version(major, minor)
            .unwrap_or_else(|| panic!("no plug-in for QEMU {major}.{minor}"));
        std::fs::write(self.path("plugin.so"), object).unwrap();
        let mut command = self.emulator();
        command.args(["-plugin", "./plugin.so,map=map,out=profile"]);
        command
    }

    /// Text of the profile of a run that ends with the exit code.
    fn count(&self, request: Request, exit_code: i32) -> String {
        self.write_map(request);
        run(&mut self.counting_emulator(), Some(exit_code));
        std::fs::read_to_string(self.path("profile")).unwrap()
    }

    fn profile(&self, request: Request) -> Profile {
        Profile::parse(&self.count(request, 0)).unwrap()
    }

    /// Instructions that the emulator itself lists when it runs one at a time.
    fn traced(&self) -> u64 {
        let mut command = self.emulator();
        match version(self.machine.emulator) {
            (0..=7, _) => command.arg("-singlestep"),
            _ => command.args(["-accel", "tcg,one-insn-per-tb=on"]),
        };
        run(command.args(["-d", "exec,nochain", "-D", "trace"]), Some(0));
        let trace = std::fs::read(self.path("trace")).unwrap();
        trace.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"Trace ")).count() as u64
    }
}

/// Runs a command. `exit_code` `None` accepts every one.
fn run(command: &mut Command, exit_code: Option<i32>) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("`{program}` does not start, install it: {error}"));
    let expected = exit_code.is_none_or(|code| output.status.code() == Some(code));
    assert!(expected, "{program}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    output
}

/// Major and minor version of an emulator.
fn version(emulator: &str) -> (u32, u32) {
    let output = run(Command::new(emulator).arg("--version"), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let number = text.split_whitespace().nth(3).expect("`QEMU emulator version N` comes first");
    let mut parts = number.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

/// Bytes read and written in a region.
fn bytes(counts: &Counts, region: usize) -> (u64, u64) {
    let accesses = counts.accesses.iter().filter(|access| access.region == Some(region));
    accesses.fold((0, 0), |sum, access| (sum.0 + access.read, sum.1 + access.written))
}

/// Instructions in the image. The RISC-V board starts in a memory of its own.
fn in_image(machine: &Machine, profile: &Profile, counts: &Counts) -> u64 {
    let image = Symbol { address: machine.code, bytes: 0x40_0000, name: "image".to_owned() };
    profile.by_function(counts, &[image]).functions[0]
}

/// Compares with the counts by hand: instructions outside and per step.
fn check_counts(machine: &Machine) {
    let firmware = machine.counted();
    let profile = firmware.profile(PLAIN);
    let by_hand = if machine.is_riscv() { [10, 347, 36, 205] } else { [5, 343, 32, 204] };
    let counted: Vec<_> =
        profile.all_counts().map(|counts| in_image(machine, &profile, counts)).collect();
    assert_eq!(counted, by_hand);
    assert_eq!((profile.status, profile.violation_counts.total()), (Status::Exited, 0));
    let [first, second, third] = [0, 1, 2].map(|step: usize| &profile.steps[step].counts);
    let after_loop = firmware.symbol("after_loop").unwrap();
    assert!(first.continuations.contains(&(after_loop, 1)), "the loop falls through once");
    let (code, saved) = if machine.is_riscv() { (0, 4) } else { (4, 8) };
    assert_eq!((bytes(first, 0), bytes(first, 1)), ((code, 0), (28 + saved, 28 + saved)));
    assert_eq!((bytes(second, 0), bytes(second, 1)), ((code, 0), (20 + saved, 20 + saved)));
    assert_eq!((bytes(third, 0), bytes(third, 2)), ((code, 0), (200, 0)));
    assert_eq!(machine.foreign(&profile), []);
}

/// Compares with the emulator's list of single instructions, and two runs with each other.
fn check_trace(machine: &Machine) {
    for firmware in [machine.counted(), machine.compiled()] {
        let text = firmware.count(PLAIN, 0);
        let profile = Profile::parse(&text).unwrap();
        assert_eq!(profile.instructions, firmware.traced());
        assert_eq!(profile.violation_counts.total(), 0);
        assert!(text == firmware.count(PLAIN, 0), "two runs differ");
        assert_eq!(machine.foreign(&profile), []);
    }
}

/// Runs a snippet and compares the violations with the expected ones: fault, store, bytes.
fn check_violations(machine: &Machine, request: Request, body: &str, list: &[(Fault, bool, u32)]) {
    let profile = machine.snippet(body).profile(request);
    let found = profile.violations.iter().map(|found| (found.fault, found.store, found.bytes));
    assert_eq!(found.collect::<Vec<_>>(), list);
    assert_eq!(profile.violation_counts.total(), list.len() as u64);
}

#[test]
fn counts_by_hand_m0plus() {
    check_counts(&ARM);
}

#[test]
fn counts_by_hand_m3() {
    check_counts(&M3);
}

#[test]
fn counts_by_hand_m4() {
    check_counts(&M4);
}

#[test]
fn counts_by_hand_m7() {
    check_counts(&M7);
}

#[test]
fn counts_by_hand_m33() {
    check_counts(&M33);
}

#[test]
fn counts_by_hand_m55() {
    check_counts(&M55);
}

#[test]
fn counts_by_hand_rv32imc() {
    check_counts(&RV32IMC);
}

#[test]
fn counts_by_hand_rv32imac() {
    check_counts(&RV32IMAC);
}

#[test]
fn counts_by_hand_rv32imafc() {
    check_counts(&RV32IMAFC);
}

#[test]
fn trace_m0plus() {
    check_trace(&ARM);
}

#[test]
fn trace_m3() {
    check_trace(&M3);
}

#[test]
fn trace_m4() {
    check_trace(&M4);
}

#[test]
fn trace_m7() {
    check_trace(&M7);
}

#[test]
fn trace_m33() {
    check_trace(&M33);
}

#[test]
fn trace_m55() {
    check_trace(&M55);
}

#[test]
fn trace_rv32imc() {
    check_trace(&RV32IMC);
}

#[test]
fn trace_rv32imac() {
    check_trace(&RV32IMAC);
}

#[test]
fn trace_rv32imafc() {
    check_trace(&RV32IMAFC);
}

const MISALIGNED_ARM: &str = "ldr r1, =0x20000001\nldr r0, [r1]";

#[test]
fn misaligned_access_is_a_violation() {
    check_violations(&ARM, PLAIN, MISALIGNED_ARM, &[(Fault::Misaligned, false, 4)]);
    let body = "li a1, 0x80400001\nsh a0, 0(a1)";
    check_violations(&RV32IMC, PLAIN, body, &[(Fault::Misaligned, true, 2)]);
}

#[test]
fn misaligned_access_is_allowed_where_cores_take_it() {
    let relaxed = Request { alignment: "relaxed", ..PLAIN };
    check_violations(&ARM, relaxed, MISALIGNED_ARM, &[]);
    let profile = ARM.snippet(MISALIGNED_ARM).profile(relaxed);
    assert_eq!(profile.outside.misaligned.len(), 1);
}

#[test]
fn pairs_of_words_need_the_alignment_of_words() {
    let body = "ldr r1, =0x20000004\nldrd r2, r3, [r1]\nstrd r2, r3, [r1]";
    check_violations(&M4, PLAIN, body, &[]);
}

#[test]
fn store_to_code_is_a_violation() {
    let body = "ldr r1, =0x00010000\nstr r0, [r1]";
    check_violations(&M4, PLAIN, body, &[(Fault::ReadOnly, true, 4)]);
}

#[test]
fn access_to_no_region_is_a_violation() {
    let no_devices = Request { devices: false, ..PLAIN };
    let enabling_floats = (Fault::Unmapped, true, 4);
    check_violations(&M3, no_devices, "nop", &[enabling_floats]);
}

#[test]
fn conditional_instructions_count_whether_or_not_they_act() {
    let base = M3.snippet("").profile(PLAIN).instructions;
    let body = "movs r0, #1\ncmp r0, #2\nitte ne\naddne r0, #1\naddne r0, #1\naddeq r0, #2";
    assert_eq!(M3.snippet(body).profile(PLAIN).instructions, base + 6);
}

#[test]
fn foreign_instructions_are_found() {
    let profile = M3.snippet("cbz r0, 1f\n1: sdiv r0, r0, r1").profile(PLAIN);
    let find = |set| isa::check(&profile, set, &Features::default()).len();
    assert_eq!((find(Isa::ArmV6M), find(Isa::ArmV7M)), (2, 0));
}

#[test]
fn limit_stops_a_loop() {
    let firmware = M4.snippet("1: adds r0, #1\nb 1b");
    let text = firmware.count(Request { limit: 100_000, ..PLAIN }, plugin::LIMIT_EXIT_CODE);
    let profile = Profile::parse(&text).unwrap();
    assert_eq!(profile.status, Status::Limit);
    assert!((99_990..=100_000).contains(&profile.instructions), "{}", profile.instructions);
}

#[test]
fn bad_map_stops_the_emulator() {
    let firmware = M4.counted();
    std::fs::write(firmware.path("map"), "smidgen-map 1\nlimit x\n").unwrap();
    let output = run(&mut firmware.counting_emulator(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("map `map`: line 2: "), "{message}");
    assert!(!Path::exists(&firmware.path("profile")));
}
