//! Reader of the map file: what the host knows about the image (format: crate documentation).

use std::fmt::Display;

/// First line of a map file.
const HEADER: &str = "smidgen-map 1";
/// Most regions a map may name.
const MOST_REGIONS: usize = 16;

/// The content of a map file.
#[derive(Debug, PartialEq)]
pub(crate) struct Map {
    /// Echoed in the profile.
    pub(crate) build: String,
    /// Whether a misaligned access is a violation.
    pub(crate) strict_alignment: bool,
    /// Instructions after which the run stops; `u64::MAX` for no limit.
    pub(crate) limit: u64,
    /// Memory regions in the order of the file.
    pub(crate) regions: Vec<Region>,
    /// What steps may not store to, wherever it is.
    pub(crate) protected: Option<Range>,
    /// Step names in the order of the file.
    pub(crate) steps: Vec<String>,
    /// Entry addresses, sorted, and the account they switch to (0: outside all steps, `n + 1`:
    /// step `n`).
    pub(crate) switches: Vec<(u32, usize)>,
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) base: u32,
    pub(crate) bytes: u32,
}

/// A named range of addresses.
#[derive(Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) base: u32,
    pub(crate) bytes: u32,
    pub(crate) writable: bool,
}

impl Map {
    /// Reads a map file's text. The error names the line.
    pub(crate) fn parse(text: &str) -> Result<Map, String> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, first)| first != HEADER) {
            return Err(format!("line 1: expected `{HEADER}`"));
        }
        let (mut build, mut strict_alignment, mut limit) = (None, None, None);
        let mut protected = None;
        let mut regions = Vec::new();
        let mut steps = Vec::new();
        let mut switches = Vec::new();
        for (index, line) in lines {
            let at = |problem: &dyn Display| format!("line {}: {problem}", index + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["build", id] if !id.is_empty() => set(&mut build, id.to_owned()),
                ["alignment", "strict"] => set(&mut strict_alignment, true),
                ["alignment", "relaxed"] => set(&mut strict_alignment, false),
                ["limit", count] => {
                    let count: u64 = count.parse().map_err(|e| at(&e))?;
                    set(&mut limit, if count == 0 { u64::MAX } else { count })
                }
                ["region", name, base, bytes, mode] => {
                    let region = region(name, base, bytes, mode).map_err(|e| at(&e))?;
                    regions.push(region);
                    Ok(())
                }
                ["protect", base, bytes] => {
                    let range = range(base, bytes).map_err(|e| at(&e))?;
                    set(&mut protected, range)
                }
                ["step", address, name] if !name.is_empty() => {
                    steps.push(name.to_owned());
                    switches.push((code_address(address).map_err(|e| at(&e))?, steps.len()));
                    Ok(())
                }
                ["end", address] => {
                    switches.push((code_address(address).map_err(|e| at(&e))?, 0));
                    Ok(())
                }
                _ => Err("unknown item or wrong number of fields"),
            }
            .map_err(|e| at(&e))?;
        }
        check_regions(&regions)?;
        switches.sort_unstable();
        if let Some(pair) = switches.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(format!("two switches at address {:x}", pair[0].0));
        }
        Ok(Map {
            build: build.ok_or("no `build` line")?,
            strict_alignment: strict_alignment.ok_or("no `alignment` line")?,
            limit: limit.ok_or("no `limit` line")?,
            regions,
            protected,
            steps,
            switches,
        })
    }

    /// The account that executing the instruction at `address` switches to.
    pub(crate) fn switch_at(&self, address: u32) -> Option<usize> {
        let found = self.switches.binary_search_by_key(&address, |switch| switch.0);
        found.ok().map(|index| self.switches[index].1)
    }
}

/// Fills an item that may be given once.
fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), &'static str> {
    match slot.replace(value) {
        Some(_) => Err("item given twice"),
        None => Ok(()),
    }
}

fn hexadecimal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 16).map_err(|e| format!("`{text}`: {e}"))
}

/// An address of code without the Thumb bit.
fn code_address(text: &str) -> Result<u32, String> {
    Ok(hexadecimal(text)? & !1)
}

fn region(name: &str, base: &str, bytes: &str, mode: &str) -> Result<Region, String> {
    let writable = match mode {
        "rw" => true,
        "ro" => false,
        _ => return Err(format!("`{mode}` is neither `ro` nor `rw`")),
    };
    if name.is_empty() {
        return Err("a region needs a name".to_owned());
    }
    let Range { base, bytes } = range(base, bytes)?;
    Ok(Region { name: name.to_owned(), base, bytes, writable })
}

fn range(base: &str, bytes: &str) -> Result<Range, String> {
    let (base, bytes) = (hexadecimal(base)?, hexadecimal(bytes)?);
    if bytes == 0 || base.checked_add(bytes - 1).is_none() {
        return Err("a range needs a size, and an end below 4 GiB".to_owned());
    }
    Ok(Range { base, bytes })
}

fn check_regions(regions: &[Region]) -> Result<(), String> {
    if regions.len() > MOST_REGIONS {
        return Err(format!("more than {MOST_REGIONS} regions"));
    }
    let mut sorted: Vec<&Region> = regions.iter().collect();
    sorted.sort_unstable_by_key(|region| region.base);
    match sorted.windows(2).find(|pair| pair[1].base - pair[0].base < pair[0].bytes) {
        Some(pair) => Err(format!("regions `{}` and `{}` overlap", pair[0].name, pair[1].name)),
        None => Ok(()),
    }
}
