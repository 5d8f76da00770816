//! All that is known of one board, and from where.

use super::{emulation, kibibytes, megahertz};
use crate::table::{Align, table};
use smidgen_study::Workbench;
use smidgen_target::{
    Board, Cache, CacheKind, Delay, Device, Draw, Feature, Memory, MemoryKind, Port, PowerMode,
    Price, Provenance, ReadTiming, Role,
};
use std::fmt::Display;

/// What a line that is unverified ends with.
const DOUBT: &str = " ?";

/// Everything, for people.
pub(super) fn text(workbench: &Workbench, board: &Board) -> String {
    let mut page = Page::default();
    page.line(&format!("{}: {}", board.name, board.description));
    page.line("");
    if let Some(device) = board.device() {
        chip(&mut page, device);
    }
    core(&mut page, workbench, board);
    own(&mut page, board);
    if let Some(device) = board.device() {
        memories(&mut page, device);
        caches(&mut page, device);
        power(&mut page, device);
        page.notes("notes on the chip", &device.chip.provenance.notes);
    }
    page.notes("notes on the board", &board.provenance.notes);
    sources(&mut page, board);
    if page.doubtful {
        page.line("");
        page.line("?  remembered or inferred, not read in a source");
    }
    page.text
}

/// Text that grows, and whether any of it is unverified.
#[derive(Default)]
struct Page {
    text: String,
    doubtful: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn entry(&mut self, title: &str, value: &impl Display) {
        self.line(&format!("{title:<12} {value}"));
    }

    /// The mark of something that `provenance` may doubt.
    fn mark(&mut self, provenance: &Provenance, path: &str) -> &'static str {
        self.doubt(provenance.doubts(path))
    }

    fn doubt(&mut self, doubtful: bool) -> &'static str {
        self.doubtful |= doubtful;
        if doubtful { DOUBT } else { "" }
    }

    fn notes(&mut self, title: &str, notes: &[String]) {
        if !notes.is_empty() {
            self.line(&format!("\n{title}"));
        }
        for note in notes {
            self.line(&format!("  {note}"));
        }
    }
}

fn chip(page: &mut Page, device: &Device) {
    let chip = &device.chip;
    let vendor = chip.vendor.as_ref().map_or_else(String::new, |vendor| format!(", {vendor}"));
    page.entry("chip", &format!("{}: {}{vendor}", chip.name, chip.description));
    if chip.n_cores > 1 {
        let mark = page.mark(&chip.provenance, "n_cores");
        page.entry("cores", &format!("{}, of which models use one{mark}", chip.n_cores));
    }
    if let Some(accelerators) = &chip.accelerators {
        let mark = page.mark(&chip.provenance, "accelerators");
        page.entry("also has", &format!("{accelerators} (not used){mark}"));
    }
    let mark = page.mark(&chip.provenance, "max_clock_hz");
    let (clock, most) = (megahertz(device.clock_hz), megahertz(chip.max_clock_hz));
    page.entry("clock", &format!("{clock} MHz, at most {most} MHz{mark}"));
    if let Some(price) = &chip.price {
        let mark = page.mark(&chip.provenance, "price");
        page.entry("chip price", &format!("{}{mark}", dollars(price)));
    }
}

fn core(page: &mut Page, workbench: &Workbench, board: &Board) {
    let core = &board.core;
    let doubted = board.device().is_some_and(|d| d.chip.provenance.doubts("core"));
    let mark = page.doubt(doubted);
    page.entry("core", &format!("{}: {}{mark}", core.name, core.description));
    let features = core.features.iter().map(Feature::name).collect::<Vec<_>>().join(", ");
    page.entry("features", &if features.is_empty() { "none" } else { &features });
    match core.toolchain {
        Some(toolchain) => {
            page.entry("compiler", &format!("{} {}", toolchain.program(), core.flags.join(" ")));
        }
        None => page.entry("compiler", &"none: nothing can be built for this core"),
    }
    if board.device().is_some() {
        let emulated = match emulation(workbench, board) {
            Some(name) if name == board.name => "itself".to_string(),
            Some(name) => format!("on {name}"),
            None => "no".to_string(),
        };
        page.entry("emulated", &emulated);
        match &core.pipeline {
            Some(pipeline) => {
                page.entry("pipeline", &format!("{}: {}", pipeline.name, pipeline.description));
            }
            None => page.entry("pipeline", &"unknown: no cycles are estimated"),
        }
    }
}

/// What only the board's own file knows.
fn own(page: &mut Page, board: &Board) {
    if let Some(price) = &board.price {
        let mark = page.mark(&board.provenance, "price");
        page.entry("price", &format!("{}{mark}", dollars(price)));
    }
    if let Some(probe) = &board.debug_probe {
        let mark = page.mark(&board.provenance, "debug_probe");
        page.entry("debug probe", &format!("{probe}{mark}"));
    }
    let software = &board.software;
    for (title, key, port) in [
        ("RIOT", "riot", &software.riot),
        ("Zephyr", "zephyr", &software.zephyr),
        ("Arduino", "arduino", &software.arduino),
        ("PlatformIO", "platformio", &software.platformio),
    ] {
        if let Some(Port { name, clock_hz }) = port {
            let mark = page.mark(&board.provenance, key);
            let clock = clock_hz.map(|hertz| format!("{} MHz", megahertz(hertz)));
            let parts: Vec<_> = name.iter().cloned().chain(clock).collect();
            page.entry(title, &format!("{}{mark}", parts.join(", ")));
        }
    }
    if let Some(testbed) = &board.iot_lab {
        let mark = page.mark(&board.provenance, "iot_lab");
        let site = testbed.site.as_ref().map_or_else(String::new, |site| format!(" in {site}"));
        page.entry("IoT-LAB", &format!("{}{site}{mark}", testbed.archi));
    }
}

fn dollars(price: &Price) -> String {
    let basis = price.basis.as_ref().map_or_else(String::new, |basis| format!(", {basis}"));
    format!("{} USD ({}{basis})", price.usd, price.year)
}

fn memories(page: &mut Page, device: &Device) {
    let columns = [
        ("memory", Align::Left),
        ("base", Align::Left),
        ("KiB", Align::Right),
        ("use", Align::Left),
        ("DMA", Align::Left),
        ("reads", Align::Left),
    ];
    let mut rows = Vec::new();
    for memory in &device.chip.memories {
        let mark = page.mark(&device.chip.provenance, &format!("memories.{}", memory.name));
        let dma = memory.dma.map_or("?", |dma| if dma { "yes" } else { "no" });
        rows.push(vec![
            memory.name.clone(),
            format!("{:#010x}", memory.base),
            kibibytes(memory.size),
            uses(device, memory),
            dma.to_string(),
            format!("{}{mark}", reads(memory.timing.as_ref(), device.clock_hz)),
        ]);
    }
    page.line("");
    page.line(&table(&columns, rows));
}

/// What a memory holds on this board, or else what it is.
fn uses(device: &Device, memory: &Memory) -> String {
    let fast = |place: &Option<Memory>| place.as_ref().is_some_and(|m| m.name == memory.name);
    let places = [
        (device.code.name == memory.name, "code"),
        (device.data.name == memory.name, "data"),
        (fast(&device.fast_code), "fast code"),
        (fast(&device.fast_data), "fast data"),
    ];
    let held: Vec<_> = places.iter().filter(|(held, _)| *held).map(|(_, name)| *name).collect();
    let role = match (memory.kind, memory.role) {
        (_, Role::External) => "external",
        (_, Role::Backup) => "backup",
        (_, Role::InstructionTcm) => "instruction TCM",
        (_, Role::DataTcm) => "data TCM",
        (MemoryKind::Flash, Role::General) => "flash",
        (MemoryKind::Ram, Role::General) => "RAM",
    };
    if held.is_empty() { role.to_string() } else { format!("{role}: {}", held.join(", ")) }
}

/// How long reads take at the board's clock.
fn reads(timing: Option<&ReadTiming>, clock_hz: u64) -> String {
    let Some(timing) = timing else { return "unknown".to_string() };
    let delay = match &timing.delay {
        Delay::WaitStates(_) => {
            format!("{} wait states", timing.delay.wait_states(clock_hz).unwrap_or(0))
        }
        Delay::Time { latency_ns, ns_per_byte } => {
            format!("{latency_ns} ns and {ns_per_byte} ns per byte")
        }
    };
    let bus = match timing.bus_cycles {
        0 => String::new(),
        cycles => format!(", {cycles} bus cycles"),
    };
    let prefetch = if timing.prefetch { ", prefetched" } else { "" };
    format!("{delay} for {} bytes{bus}{prefetch}", timing.unit_bytes)
}

fn caches(page: &mut Page, device: &Device) {
    if device.chip.caches.is_empty() {
        return;
    }
    page.line("");
    let columns = [
        ("cache", Align::Left),
        ("serves", Align::Left),
        ("of", Align::Left),
        ("bytes", Align::Right),
        ("line", Align::Right),
        ("ways", Align::Right),
        ("state", Align::Left),
    ];
    let mut rows = Vec::new();
    for cache in &device.chip.caches {
        let Cache { name, serves, memories, size_bytes, line_bytes, ways, enabled, .. } = cache;
        let mark = page.mark(&device.chip.provenance, &format!("caches.{name}"));
        let serves = match serves {
            CacheKind::Instruction => "instructions",
            CacheKind::Data => "data",
            CacheKind::Unified => "both",
        };
        rows.push(vec![
            name.clone(),
            serves.to_string(),
            memories.join(", "),
            size_bytes.to_string(),
            line_bytes.to_string(),
            ways.to_string(),
            format!("{}{mark}", if *enabled { "on" } else { "off" }),
        ]);
    }
    page.line(&table(&columns, rows));
}

fn power(page: &mut Page, device: &Device) {
    page.line("");
    if device.chip.power.is_empty() {
        page.line("power        unknown");
        return;
    }
    page.line("power");
    for power in &device.chip.power {
        let mode = match power.mode {
            PowerMode::Active => "active",
            PowerMode::Network => "network",
            PowerMode::Sleep => "sleep",
        };
        let draw = match power.draw {
            Draw::Current { milliamps, volts } => {
                let milliwatts = power.draw.milliwatts();
                format!("{milliamps} mA at {volts} V = {} mW", rounded(milliwatts))
            }
            Draw::Power { milliwatts } => format!("{milliwatts} mW"),
        };
        let clock = power.clock_hz.map_or_else(String::new, |h| format!(", {} MHz", megahertz(h)));
        let mark = page.doubt(!power.verified);
        page.line(&format!("  {mode:<8} {draw}{clock}{mark}"));
        page.line(&format!("           {}", power.conditions));
        page.line(&format!("           from: {}", power.source));
    }
}

/// Three significant digits.
fn rounded(figure: f64) -> String {
    let digits = 2 - figure.abs().max(1e-9).log10().floor() as i32;
    let shown = format!("{figure:.*}", digits.max(0) as usize);
    if shown.contains('.') {
        shown.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        shown
    }
}

fn sources(page: &mut Page, board: &Board) {
    page.line("\nsources");
    let mut list = |title: &str, sources: &[String]| {
        for source in sources {
            page.line(&format!("  {title}: {source}"));
        }
    };
    list("board", &board.provenance.sources);
    for source in board.core.pipeline.iter().flat_map(|pipeline| pipeline.sources.values()) {
        list("pipeline", std::slice::from_ref(source));
    }
    let Some(Device { chip, .. }) = board.device() else { return };
    list("chip", &chip.provenance.sources);
    for memory in &chip.memories {
        if let Some(timing) = &memory.timing {
            list(&format!("reads of {}", memory.name), std::slice::from_ref(&timing.source));
        }
    }
    for cache in &chip.caches {
        list(&cache.name, std::slice::from_ref(&cache.source));
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn figures_have_three_digits() {
        for (figure, text) in [(41.94, "41.9"), (0.004_95, "0.00495"), (6.0, "6"), (1234.5, "1234")]
        {
            assert_eq!(rounded(figure), text);
        }
    }
}
