//! Branch and bound for one question: is there a placement below a given ceiling?
use std::collections::HashSet;

use super::sections::{Item, Sections};

/// Answer to "do all buffers fit below the ceiling?".
pub(super) enum Answer {
    /// Offsets per item.
    Fits(Vec<usize>),
    /// Proven impossible, and so for every ceiling less than `at_least`.
    Impossible { at_least: usize },
    /// The budget ran out.
    Unknown,
}

enum Outcome {
    Solved,
    Failed,
    Stopped,
}

pub(super) struct Search<'a> {
    items: &'a [Item],
    count: usize,
    ceiling: usize,
    /// value order: rank of each item, lower first
    rank: Vec<u32>,
    offsets: Vec<usize>,
    pub(super) nodes: u64,
    limit: u64,
    shortfall: usize,
    failed: HashSet<u128>,
    weights: Vec<u32>,
    uniform: bool,
    pub(super) variant: u32,
}

#[derive(Clone)]
struct Part {
    lo: usize,
    ceiling: usize,
    floors: Vec<usize>,
    items: Vec<u32>,
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const DEPTH: usize = 4000;

impl<'a> Search<'a> {
    pub(super) fn new(sections: &'a Sections, ceiling: usize) -> Self {
        let items = &sections.items;
        Self {
            items,
            count: sections.count,
            ceiling,
            rank: vec![0; items.len()],
            offsets: vec![0; items.len()],
            nodes: 0,
            limit: 0,
            shortfall: usize::MAX,
            failed: HashSet::new(),
            weights: vec![1; sections.count],
            variant: std::env::var("VAR").map_or(0, |v| v.parse().unwrap()),
            uniform: items.iter().all(|i| i.align == items[0].align),
        }
    }

    pub(super) fn run(&mut self, rank: Vec<u32>, limit: u64) -> Answer {
        self.rank = rank;
        self.nodes = 0;
        self.limit = limit;
        let mut items: Vec<u32> = (0..self.items.len() as u32).collect();
        items.sort_by_key(|&i| self.rank[i as usize]);
        let part = Part { lo: 0, ceiling: self.ceiling, floors: vec![0; self.count], items };
        match self.solve(part, 0) {
            Outcome::Solved => Answer::Fits(self.offsets.clone()),
            Outcome::Failed => {
                Answer::Impossible { at_least: self.ceiling.saturating_add(self.shortfall) }
            }
            Outcome::Stopped => Answer::Unknown,
        }
    }

    fn fail(&mut self, excess: usize, section: usize) -> Outcome {
        self.shortfall = self.shortfall.min(excess);
        self.weights[section] += 1;
        Outcome::Failed
    }

    fn solve(&mut self, mut part: Part, depth: usize) -> Outcome {
        if part.items.is_empty() {
            return Outcome::Solved;
        }
        if self.nodes >= self.limit || depth > DEPTH {
            return Outcome::Stopped;
        }
        self.nodes += 1;
        let width = part.floors.len();
        let lo = part.lo;
        let items = self.items;
        // lift
        if self.uniform {
            let mut ceiling = part.ceiling;
            let offsets = &mut self.offsets;
            let mut short = None;
            part.items.retain(|&i| {
                let it = &items[i as usize];
                if it.start == lo && it.end == lo + width {
                    if it.size > ceiling {
                        short = Some(it.size - ceiling);
                        return true;
                    }
                    ceiling -= it.size;
                    offsets[i as usize] = ceiling;
                    false
                } else {
                    true
                }
            });
            if let Some(s) = short {
                return self.fail(s, lo);
            }
            part.ceiling = ceiling;
            // all gone?: floors must be below the ceiling
        }
        let ceiling = part.ceiling;
        let mut lowest = vec![usize::MAX; width];
        let mut sum = vec![0usize; width];
        let mut off = vec![0usize; part.items.len()];
        loop {
            lowest.fill(usize::MAX);
            sum.fill(0);
            for (k, &i) in part.items.iter().enumerate() {
                let it = &items[i as usize];
                let r = it.start - lo..it.end - lo;
                let o = part.floors[r.clone()]
                    .iter()
                    .copied()
                    .max()
                    .unwrap_or(0)
                    .next_multiple_of(it.align);
                off[k] = o;
                if o + it.size > ceiling {
                    return self.fail(o + it.size - ceiling, it.start);
                }
                for s in r {
                    lowest[s] = lowest[s].min(o);
                    sum[s] += it.size;
                }
            }
            let mut changed = false;
            for s in 0..width {
                if sum[s] == 0 {
                    if part.floors[s] > ceiling {
                        return self.fail(part.floors[s] - ceiling, lo + s);
                    }
                    continue;
                }
                if part.floors[s] < lowest[s] {
                    part.floors[s] = lowest[s];
                    changed = true;
                }
                let need = part.floors[s] + sum[s];
                if need > ceiling {
                    return self.fail(need - ceiling, lo + s);
                }
            }
            if !changed {
                break;
            }
        }
        if part.items.is_empty() {
            return Outcome::Solved;
        }
        // decompose: boundaries no item crosses
        let mut crossing = vec![false; width + 1];
        for &i in &part.items {
            let it = &items[i as usize];
            for c in &mut crossing[it.start - lo + 1..it.end - lo] {
                *c = true;
            }
        }
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        let mut a = 0;
        for s in 1..=width {
            if !crossing[s] {
                if sum[a] > 0 {
                    pieces.push((a, s));
                }
                a = s;
            }
        }
        if pieces.len() > 1 || pieces[0] != (0, width) {
            let mut parts: Vec<Part> = pieces
                .iter()
                .map(|&(a, b)| Part {
                    lo: lo + a,
                    ceiling,
                    floors: part.floors[a..b].to_vec(),
                    items: part
                        .items
                        .iter()
                        .copied()
                        .filter(|&i| {
                            items[i as usize].start >= lo + a && items[i as usize].end <= lo + b
                        })
                        .collect(),
                })
                .collect();
            parts.sort_by_key(|p| p.items.len());
            let mut stopped = false;
            for p in parts {
                match self.solve(p, depth + 1) {
                    Outcome::Solved => {}
                    Outcome::Failed => return Outcome::Failed,
                    Outcome::Stopped => {
                        stopped = true;
                        break;
                    }
                }
            }
            return if stopped { Outcome::Stopped } else { Outcome::Solved };
        }
        // memo
        let key = Self::key(&part);
        if self.failed.contains(&key) {
            return Outcome::Failed;
        }

        // choose section
        let (s, f) = self.choose(&part, &off, &sum);
        let f = f.expect("waste");
        let level = part.floors[s];
        let mut l = s;
        while l > 0 && part.floors[l - 1] <= level {
            l -= 1;
        }
        let mut r = s + 1;
        while r < width && part.floors[r] <= level {
            r += 1;
        }
        let mut tried: Vec<u32> = Vec::new();
        for k in 0..part.items.len() {
            let i = part.items[k];
            let it = &items[i as usize];
            if off[k] != level || it.start > lo + s || it.end <= lo + s {
                continue;
            }
            if tried.iter().any(|&j| {
                let o = &items[j as usize];
                (o.start, o.end, o.size, o.align) == (it.start, it.end, it.size, it.align)
            }) {
                continue;
            }
            tried.push(i);
            let mut child = part.clone();
            child.items.remove(k);
            for x in &mut child.floors[it.start - lo..it.end - lo] {
                *x = level + it.size;
            }
            self.offsets[i as usize] = level;
            match self.solve(child, depth + 1) {
                Outcome::Failed => {}
                other => return other,
            }
        }
        // waste
        if f == usize::MAX || f + sum[s] > ceiling {
            if f != usize::MAX {
                self.shortfall = self.shortfall.min(f + sum[s] - ceiling);
            }
        } else {
            part.floors[s] = f;
            match self.solve(part, depth + 1) {
                Outcome::Failed => {}
                other => return other,
            }
        }
        if self.failed.len() < 2_000_000 {
            self.failed.insert(key);
        }
        Outcome::Failed
    }

    fn key(part: &Part) -> u128 {
        let mut a = mix(part.lo as u64 ^ 0x9e37_79b9_7f4a_7c15);
        let mut b = mix(a);
        let mut set = 0u64;
        let mut set2 = 0u64;
        for &i in &part.items {
            let z = mix((i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            set ^= z;
            set2 = set2.wrapping_add(mix(z ^ 0x55));
        }
        for x in [part.ceiling as u64, set, set2]
            .into_iter()
            .chain(part.floors.iter().map(|&f| f as u64))
        {
            a = mix(a ^ x);
            b = mix(b.wrapping_add(x).wrapping_mul(0x2545_f491_4f6c_dd1d));
        }
        (a as u128) << 64 | b as u128
    }

    fn choose(&self, part: &Part, off: &[usize], sum: &[usize]) -> (usize, Option<usize>) {
        let width = part.floors.len();
        let lo = part.lo;
        // per section: number of candidates at level; lowest top of items ending/starting
        let mut cands = vec![0u32; width];
        let mut reach_l: Vec<usize> = (0..width).collect();
        let mut reach_r: Vec<usize> = (1..=width).collect();
        let mut over = vec![usize::MAX; width]; // lowest offset of covering items that do not fit at level
        let mut end_top = vec![usize::MAX; width + 1];
        let mut start_top = vec![usize::MAX; width + 1];
        for (k, &i) in part.items.iter().enumerate() {
            let it = &self.items[i as usize];
            let (a, b) = (it.start - lo, it.end - lo);
            let top = off[k] + it.size;
            end_top[b] = end_top[b].min(top);
            start_top[a] = start_top[a].min(top);
            for s in a..b {
                if part.floors[s] == off[k] {
                    cands[s] += 1;
                    reach_l[s] = reach_l[s].min(a);
                    reach_r[s] = reach_r[s].max(b);
                } else {
                    over[s] = over[s].min(off[k]);
                }
            }
        }
        let mut best: Option<(f64, usize, usize)> = None;
        for s in 0..width {
            if cands[s] == 0 {
                continue;
            }
            // local minimum: any candidate at this level covers s within plateau; plateau neighbours
            let mut w = over[s];
            for e in reach_l[s] + 1..=s {
                w = w.min(end_top[e]);
            }
            for st in s + 1..reach_r[s] {
                w = w.min(start_top[st]);
            }
            let waste_ok = w != usize::MAX && w + sum[s] <= part.ceiling;
            let n = cands[s] + u32::from(waste_ok);
            let v = self.variant;
            let slack = (part.ceiling - part.floors[s] - sum[s]) as f64 / part.ceiling as f64;
            let level = part.floors[s] as f64 / part.ceiling as f64;
            let n = n as f64;
            let score = match v {
                0 => n / self.weights[lo + s] as f64,
                1 => n + slack,
                2 => level * 1e6 + n + slack,
                3 => level * 1e6 + slack * 1e3 + n,
                4 => slack * 1e6 + n + level,
                5 => n + level,
                6 => level * 1e6 + n / self.weights[lo + s] as f64,
                7 => level * 1e6 + s as f64,
                9 => level * 1e6 + (n + slack) / self.weights[lo + s] as f64,
                10 => level * 1e6 + n / (self.weights[lo + s] as f64).sqrt(),
                11 => level * 1e6 + n / self.weights[lo + s] as f64 + slack,
                12 => level * 1e6 + n * n / self.weights[lo + s] as f64,
                13 => level * 1e6 + (n - 1.0) / self.weights[lo + s] as f64 + slack * 1e-3,
                _ => n * 1e3 + slack - (sum[s] as f64 / part.ceiling as f64),
            };
            let score = if n <= 1.0 { -1.0 } else { score };
            if best.is_none_or(|b| score < b.0) {
                best = Some((score, s, w));
            }
            if n <= 1.0 {
                break;
            }
        }
        let (_, s, w) = best.expect("a lowest section always has a candidate");
        (s, Some(w))
    }
}
