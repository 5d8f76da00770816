//! Reads the text form of a profile. The text is untrusted.

use super::{
    Access, Counts, Encoding, Error, Fault, Problem, Profile, Region, Run, Status, Step, VERSION,
    Violation, ViolationCounts,
};
use std::iter::Peekable;
use std::str::{Lines, SplitAsciiWhitespace};

/// Most regions; boards have a handful.
const MOST_REGIONS: usize = 256;

/// Most characters of the text that an error repeats.
const MOST_QUOTED: usize = 40;

pub(super) fn profile(text: &str) -> Result<Profile, Error> {
    let mut reader = Reader { lines: text.lines().peekable(), line: 0 };
    reader.profile().map_err(|problem| Error { line: reader.line, problem })
}

struct Reader<'a> {
    lines: Peekable<Lines<'a>>,
    /// Number of the line that was taken last.
    line: usize,
}

type Fields<'a> = SplitAsciiWhitespace<'a>;

impl<'a> Reader<'a> {
    fn profile(&mut self) -> Result<Profile, Problem> {
        let version: u64 = self.line("smidgen-profile", |fields| decimal(fields))?;
        if version != VERSION {
            return Err(Problem::Version { version });
        }
        let (plugin_api, emulator_api) =
            self.line("plugin", |fields| Ok((decimal(fields)?, decimal(fields)?)))?;
        let target = self.line("target", |fields| word(fields).map(str::to_owned))?;
        let encoding = Encoding::of_target(&target)
            .ok_or_else(|| wrong(&target, "a target whose instructions are known"))?;
        let build = self.line("build", |fields| word(fields).map(str::to_owned))?;
        let strict_alignment = self
            .line("alignment", |fields| choice(fields, &[("strict", true), ("relaxed", false)]))?;
        let status = self.line("status", |fields| {
            choice(fields, &[("exited", Status::Exited), ("limit", Status::Limit)])
        })?;
        let stack_bytes =
            self.line("stack", |fields| optional(fields, "a number of bytes or `-`"))?;
        let regions = self.lines("region", |before, fields| match before.len() {
            MOST_REGIONS => Err(Problem::Regions { most: MOST_REGIONS }),
            _ => region(fields),
        })?;
        let runs = self.lines("run", |_, fields| run(fields, encoding))?;
        let entries = self.line("outside", |fields| decimal(fields))?;
        let outside = self.counts(entries, &runs, regions.len())?;
        let mut steps = Vec::new();
        while self.at("step") {
            let (name, entries) =
                self.line("step", |fields| Ok((word(fields)?.to_owned(), decimal(fields)?)))?;
            steps.push(Step { name, counts: self.counts(entries, &runs, regions.len())? });
        }
        let violation_counts = self.violation_counts()?;
        let violations = self.lines("violation", |_, fields| violation(fields))?;
        let instructions = self.total(&outside, &steps)?;
        self.line("end", |_| Ok(()))?;
        if self.lines.peek().is_some() {
            self.line += 1;
            return Err(Problem::Extra { field: "a line after `end`".to_owned() });
        }
        Ok(Profile {
            plugin_api,
            emulator_api,
            target,
            encoding,
            build,
            strict_alignment,
            status,
            stack_bytes,
            regions,
            runs,
            outside,
            steps,
            violation_counts,
            violations,
            instructions,
        })
    }

    /// Whether the next line is an item `keyword`.
    fn at(&mut self, keyword: &str) -> bool {
        self.lines.peek().is_some_and(|line| line.split_ascii_whitespace().next() == Some(keyword))
    }

    /// Takes a line that must be an item `keyword`, all of whose fields `read` takes.
    fn line<T>(
        &mut self,
        keyword: &'static str,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.line += 1;
        let text = self.lines.next().unwrap_or_default();
        let mut fields = text.split_ascii_whitespace();
        if fields.next() != Some(keyword) {
            return Err(Problem::Unexpected { expected: keyword, found: quoted(text) });
        }
        let value = read(&mut fields)?;
        match fields.next() {
            Some(extra) => Err(Problem::Extra { field: quoted(extra) }),
            None => Ok(value),
        }
    }

    /// Takes all lines that are items `keyword`. `read` gets what was read before.
    fn lines<T>(
        &mut self,
        keyword: &'static str,
        mut read: impl FnMut(&[T], &mut Fields<'a>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut items = Vec::new();
        while self.at(keyword) {
            let item = self.line(keyword, |fields| read(&items, fields))?;
            items.push(item);
        }
        Ok(items)
    }

    /// Counts of a step.
    fn counts(&mut self, entries: u64, runs: &[Run], regions: usize) -> Result<Counts, Problem> {
        let mut counts = Counts { entries, ..Counts::default() };
        let instructions = &mut counts.instructions;
        counts.executions = self.lines("exec", |before: &[(usize, u64)], fields| {
            let (index, executions): (usize, u64) = (decimal(fields)?, decimal(fields)?);
            let run = runs.get(index).ok_or(Problem::Unknown { what: "run", index })?;
            let executed = executions.checked_mul(run.instructions.into());
            *instructions = executed
                .and_then(|executed| instructions.checked_add(executed))
                .ok_or(Problem::Overflow)?;
            ascending(before.last().map(|last| last.0), index, "run")?;
            Ok((index, executions))
        })?;
        counts.continuations =
            self.lines("next", |_, fields| Ok((hexadecimal(fields)?, decimal(fields)?)))?;
        counts.continuations.sort_unstable();
        if counts.continuations.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Problem::Order { what: "an address of `next`" });
        }
        while self.at("access") || self.at("misaligned") {
            if self.at("access") {
                counts.accesses.push(self.line("access", |fields| access(fields, regions))?);
            } else {
                let misaligned =
                    self.line("misaligned", |fields| Ok((hexadecimal(fields)?, decimal(fields)?)))?;
                counts.misaligned.push(misaligned);
            }
        }
        Ok(counts)
    }

    fn violation_counts(&mut self) -> Result<ViolationCounts, Problem> {
        let mut count = |fault| {
            self.line("violations", |fields| {
                choice(fields, &[(fault, ())])?;
                decimal(fields)
            })
        };
        Ok(ViolationCounts {
            misaligned: count("misaligned")?,
            unmapped: count("unmapped")?,
            read_only: count("readonly")?,
        })
    }

    /// Takes the total, which must be the sum of its parts.
    fn total(&mut self, outside: &Counts, steps: &[Step]) -> Result<u64, Problem> {
        let total = self.line("total", |fields| decimal(fields))?;
        let sum = steps.iter().try_fold(outside.instructions, |sum, step| {
            sum.checked_add(step.counts.instructions).ok_or(Problem::Overflow)
        })?;
        if total == sum { Ok(total) } else { Err(Problem::Total { total, sum }) }
    }
}

fn region(fields: &mut Fields) -> Result<Region, Problem> {
    Ok(Region {
        name: word(fields)?.to_owned(),
        base: hexadecimal(fields)?,
        bytes: hexadecimal(fields)?,
        writable: choice(fields, &[("rw", true), ("ro", false)])?,
    })
}

fn run(fields: &mut Fields, encoding: Encoding) -> Result<Run, Problem> {
    let (address, instructions): (u32, u32) = (hexadecimal(fields)?, decimal(fields)?);
    let digits = word(fields)?;
    let code = bytes(digits).ok_or_else(|| wrong(digits, "pairs of hexadecimal digits"))?;
    let (mut count, mut length) = (0_u64, 0);
    for instruction in encoding.instructions(address, &code) {
        count += 1;
        length += instruction.bytes as usize;
    }
    let fits = u32::try_from(code.len()).is_ok_and(|bytes| address.checked_add(bytes).is_some());
    if count == 0 || count != u64::from(instructions) || length != code.len() || !fits {
        return Err(Problem::Code { instructions });
    }
    Ok(Run { address, instructions, code })
}

fn access(fields: &mut Fields, regions: usize) -> Result<Access, Problem> {
    let instruction = hexadecimal(fields)?;
    let region = optional(fields, "a region's number or `-`")?;
    if let Some(index) = region.filter(|&index| index >= regions) {
        return Err(Problem::Unknown { what: "region", index });
    }
    Ok(Access { instruction, region, read: decimal(fields)?, written: decimal(fields)? })
}

fn violation(fields: &mut Fields) -> Result<Violation, Problem> {
    const FAULTS: [(&str, Fault); 3] = [
        ("misaligned", Fault::Misaligned),
        ("unmapped", Fault::Unmapped),
        ("readonly", Fault::ReadOnly),
    ];
    Ok(Violation {
        fault: choice(fields, &FAULTS)?,
        instruction: hexadecimal(fields)?,
        store: choice(fields, &[("load", false), ("store", true)])?,
        address: hexadecimal(fields)?,
        bytes: decimal(fields)?,
    })
}

fn word<'a>(fields: &mut Fields<'a>) -> Result<&'a str, Problem> {
    fields.next().ok_or(Problem::Field { field: String::new(), expected: "a field" })
}

fn decimal<T: std::str::FromStr>(fields: &mut Fields) -> Result<T, Problem> {
    let text = word(fields)?;
    text.parse().map_err(|_| wrong(text, "a decimal number in range"))
}

/// A decimal number, or `-` for none.
fn optional<T: std::str::FromStr>(
    fields: &mut Fields,
    expected: &'static str,
) -> Result<Option<T>, Problem> {
    match word(fields)? {
        "-" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong(text, expected)),
    }
}

fn hexadecimal(fields: &mut Fields) -> Result<u32, Problem> {
    let text = word(fields)?;
    u32::from_str_radix(text, 16).map_err(|_| wrong(text, "a hexadecimal number below 2^32"))
}

fn choice<T: Copy>(fields: &mut Fields, choices: &[(&str, T)]) -> Result<T, Problem> {
    let text = word(fields)?;
    let chosen = choices.iter().find(|choice| choice.0 == text);
    chosen.map(|choice| choice.1).ok_or_else(|| wrong(text, "one of the words that belong there"))
}

/// Pairs of hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        digits.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn ascending(before: Option<usize>, index: usize, what: &'static str) -> Result<(), Problem> {
    if before.is_some_and(|before| before >= index) {
        return Err(Problem::Order { what });
    }
    Ok(())
}

fn wrong(field: &str, expected: &'static str) -> Problem {
    Problem::Field { field: quoted(field), expected }
}

/// The beginning of a text, for an error.
fn quoted(text: &str) -> String {
    text.chars().take(MOST_QUOTED).collect()
}
