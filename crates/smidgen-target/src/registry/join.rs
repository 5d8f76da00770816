//! Turns what a file says into values, with what it refers to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{At, JoinedChip, check, lookup};
use crate::pipeline::table::Table;
use crate::spec::{BoardSpec, ChipSpec, CoreSpec, MemorySpec, PowerSpec, TimingSpec};
use crate::{
    Board, Chip, Core, Delay, Device, Draw, Error, Isa, Memory, MemoryKind, Pipeline, Platform,
    Power, PowerMode, ReadTiming, Role, Software,
};

pub(super) fn pipeline(at: At<'_>, table: Table) -> Result<Arc<Pipeline>, Error> {
    table.join(at.name).map(Arc::new).map_err(|(field, message)| at.field(field, message))
}

pub(super) fn core(
    at: At<'_>,
    spec: CoreSpec,
    pipelines: &BTreeMap<String, Arc<Pipeline>>,
) -> Result<Core, Error> {
    let CoreSpec { description, isa, features, toolchain, flags, emulated_on, pipeline } = spec;
    let pipeline = match pipeline {
        Some(name) => Some(lookup(at, "pipeline", &name, pipelines)?.clone()),
        None => None,
    };
    let name = at.name.to_owned();
    Ok(Core { name, description, isa, features, toolchain, flags, emulated_on, pipeline })
}

pub(super) fn chip(
    at: At<'_>,
    mut spec: ChipSpec,
    cores: &BTreeMap<String, Core>,
) -> Result<JoinedChip, Error> {
    let core = lookup(at, "core", &spec.core, cores)?.clone();
    if core.isa == Isa::Host {
        at.absent("max_clock_hz", spec.max_clock_hz.as_ref())?;
        at.absent("memories", spec.memories.first())?;
        at.absent("caches", spec.caches.first())?;
        at.absent("power", spec.power.first())?;
        return Ok(JoinedChip { core, chip: None });
    }
    let max_clock_hz = at.required("max_clock_hz", spec.max_clock_hz)?;
    if max_clock_hz == 0 {
        return Err(at.field("max_clock_hz", "must be more than 0"));
    }
    if spec.n_cores == 0 {
        return Err(at.field("n_cores", "must be more than 0"));
    }
    let provenance = spec.take_provenance();
    let memories =
        spec.memories.into_iter().map(|m| memory(at, m)).collect::<Result<Vec<_>, _>>()?;
    let power = spec.power.into_iter().enumerate().map(|(i, p)| power(at, i, p));
    let power = power.collect::<Result<Vec<_>, _>>()?;
    check::memories(at, &memories, max_clock_hz)?;
    check::caches(at, &spec.caches, &memories)?;
    check::price(at, spec.price.as_ref())?;
    let chip = Chip {
        name: at.name.to_owned(),
        description: spec.description,
        vendor: spec.vendor,
        n_cores: spec.n_cores,
        max_clock_hz,
        memories,
        caches: spec.caches,
        power,
        price: spec.price,
        accelerators: spec.accelerators,
        probe_rs: spec.probe_rs,
        provenance,
    };
    Ok(JoinedChip { core, chip: Some(chip) })
}

fn memory(at: At<'_>, spec: MemorySpec) -> Result<Memory, Error> {
    let MemorySpec { name, kind, role, base, size, dma, timing } = spec;
    let timing = timing.map(|spec| read_timing(at, &name, spec)).transpose()?;
    Ok(Memory { name, kind, role, base, size, dma, timing })
}

fn read_timing(at: At<'_>, memory: &str, spec: TimingSpec) -> Result<ReadTiming, Error> {
    let delay = match (spec.wait_states, spec.latency_ns, spec.ns_per_byte) {
        (Some(table), None, None) => Delay::WaitStates(table),
        (None, Some(latency_ns), Some(ns_per_byte)) => Delay::Time { latency_ns, ns_per_byte },
        _ => {
            let message = "needs either `wait_states`, or `latency_ns` and `ns_per_byte`";
            return Err(at.field(format!("memories.{memory}.timing"), message));
        }
    };
    let TimingSpec { unit_bytes, bus_cycles, prefetch, source, .. } = spec;
    Ok(ReadTiming { unit_bytes, delay, bus_cycles, prefetch, source })
}

fn power(at: At<'_>, index: usize, spec: PowerSpec) -> Result<Power, Error> {
    let field = |name: &str| format!("power[{index}].{name}");
    let draw = match (spec.milliamps, spec.volts, spec.milliwatts) {
        (Some(milliamps), Some(volts), None) => Draw::Current { milliamps, volts },
        (None, None, Some(milliwatts)) => Draw::Power { milliwatts },
        _ => {
            let message = "needs either `milliamps` and `volts`, or `milliwatts`";
            return Err(at.field(field("mode"), message));
        }
    };
    let negative = |figure: Option<f64>| figure.is_some_and(|figure| figure < 0.0);
    if !(draw.milliwatts() > 0.0 && draw.milliwatts() < 1e6) || negative(spec.milliamps) {
        return Err(at.field(field("mode"), "the power must be more than 0 and below 1 kW"));
    }
    let needed = spec.mode != PowerMode::Sleep;
    if needed != spec.clock_hz.is_some() || spec.clock_hz == Some(0) {
        let message = if needed { "missing, or 0" } else { "`sleep` has none; remove it" };
        return Err(at.field(field("clock_hz"), message));
    }
    let PowerSpec { mode, clock_hz, conditions, source, verified, .. } = spec;
    Ok(Power { mode, draw, clock_hz, conditions, source, verified })
}

pub(super) fn board(
    at: At<'_>,
    mut spec: BoardSpec,
    chips: &BTreeMap<String, JoinedChip>,
) -> Result<Board, Error> {
    let JoinedChip { core, chip } = lookup(at, "chip", &spec.chip, chips)?;
    let provenance = spec.take_provenance();
    check::price(at, spec.price.as_ref())?;
    let software = Software {
        riot: spec.riot.take(),
        zephyr: spec.zephyr.take(),
        arduino: spec.arduino.take(),
        platformio: spec.platformio.take(),
    };
    Ok(Board {
        name: at.name.to_owned(),
        description: std::mem::take(&mut spec.description),
        core: core.clone(),
        price: spec.price.take(),
        debug_probe: spec.debug_probe.take(),
        software,
        iot_lab: spec.iot_lab.take(),
        provenance,
        platform: match chip {
            None => host(at, &spec)?,
            Some(chip) => Platform::Device(Box::new(device(at, spec, chip)?)),
        },
    })
}

fn host(at: At<'_>, spec: &BoardSpec) -> Result<Platform, Error> {
    at.absent("clock_hz", spec.clock_hz.as_ref())?;
    at.absent("code", spec.code.as_ref())?;
    at.absent("data", spec.data.as_ref())?;
    at.absent("fast_code", spec.fast_code.as_ref())?;
    at.absent("fast_data", spec.fast_data.as_ref())?;
    at.absent("external", spec.external.keys().next())?;
    at.absent("caches", spec.caches.keys().next())?;
    at.absent("emulator", spec.emulator.as_ref())?;
    Ok(Platform::Host)
}

fn device(at: At<'_>, spec: BoardSpec, chip: &Chip) -> Result<Device, Error> {
    let clock_hz = at.required("clock_hz", spec.clock_hz)?;
    if clock_hz == 0 || clock_hz > chip.max_clock_hz {
        let most = chip.max_clock_hz;
        return Err(at.field("clock_hz", format!("must be from 1 to {most}")));
    }
    let chip = on_board(at, &spec, chip)?;
    let memory = |field: &str, name: Option<String>, kind| memory_of(at, field, name, kind, &chip);
    let required = |field: &str, name: Option<String>, kind| {
        let name = at.required(field, name)?;
        at.required(field, memory(field, Some(name), kind)?)
    };
    // Chips without flash load their code into RAM before it runs.
    let has_flash = chip.memories.iter().any(|memory| memory.kind == MemoryKind::Flash);
    let code_kind = if has_flash { MemoryKind::Flash } else { MemoryKind::Ram };
    Ok(Device {
        clock_hz,
        code: required("code", spec.code, code_kind)?,
        data: required("data", spec.data, MemoryKind::Ram)?,
        fast_code: memory("fast_code", spec.fast_code, MemoryKind::Ram)?,
        fast_data: memory("fast_data", spec.fast_data, MemoryKind::Ram)?,
        emulator: spec.emulator,
        chip,
    })
}

/// The chip with the sizes of its external memories and the state of its caches on this board.
fn on_board(at: At<'_>, spec: &BoardSpec, chip: &Chip) -> Result<Chip, Error> {
    let mut chip = chip.clone();
    let external: BTreeMap<_, _> = chip
        .memories
        .iter()
        .filter(|memory| memory.role == Role::External)
        .map(|memory| (memory.name.clone(), memory.size))
        .collect();
    for (name, &size) in &spec.external {
        let most = *lookup(at, "external", name, &external)?;
        if size == 0 || size > most {
            let field = format!("external.{name}");
            return Err(at.field(field, format!("must be from 1 to {most}, the chip's window")));
        }
    }
    chip.memories.retain_mut(|memory| match spec.external.get(&memory.name) {
        Some(&size) => {
            memory.size = size;
            true
        }
        None => memory.role != Role::External,
    });
    let left: Vec<_> = chip.memories.iter().map(|memory| &memory.name).collect();
    for cache in &mut chip.caches {
        cache.memories.retain(|name| left.contains(&name));
    }
    chip.caches.retain(|cache| !cache.memories.is_empty());
    let caches = chip.caches.iter().map(|cache| (cache.name.clone(), cache.enabled)).collect();
    for (name, &enabled) in &spec.caches {
        lookup(at, "caches", name, &caches)?;
        for cache in chip.caches.iter_mut().filter(|cache| cache.name == *name) {
            cache.enabled = enabled;
        }
    }
    check::caches(at, &chip.caches, &chip.memories)?;
    Ok(chip)
}

/// The memory of `chip` that `field` names, if it does; it must be of `kind`.
fn memory_of(
    at: At<'_>,
    field: &str,
    name: Option<String>,
    kind: MemoryKind,
    chip: &Chip,
) -> Result<Option<Memory>, Error> {
    let Some(name) = name else { return Ok(None) };
    let memories =
        chip.memories.iter().map(|memory| (memory.name.clone(), memory.clone())).collect();
    let memory = lookup(at, field, &name, &memories)?;
    if memory.kind != kind {
        return Err(at.field(field, format!("memory `{name}` must be of kind {kind:?}")));
    }
    Ok(Some(memory.clone()))
}
