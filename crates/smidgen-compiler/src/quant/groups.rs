//! Values that have one scale, and which.

use super::Integers;
use super::interval::Interval;
use super::method::Method;
use super::statistics::Statistics;
use crate::graph::{Graph, Node, ValueId};
use crate::ops::{FixedScale, Scales};
use crate::tensor::{DType, Data, Quant};

/// The scales of all real values of a graph.
pub(super) struct Groups<'a> {
    graph: &'a Graph,
    /// A value of the same group; a group's first value is its own.
    parents: Vec<ValueId>,
    /// What gives the scale of a group, by its first value.
    sources: Vec<Source>,
}

/// What gives a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    /// What was observed, for codes of each type; nothing if no sample reached the values.
    Observed(Option<[Interval; 2]>),
    /// The operator that computes the values.
    Fixed(FixedScale),
}

impl Source {
    /// What gives the scale of both.
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (fixed @ Self::Fixed(_), _) | (_, fixed @ Self::Fixed(_)) => fixed,
            (Self::Observed(Some(a)), Self::Observed(Some(b))) => {
                Self::Observed(Some([a[0].join(b[0]), a[1].join(b[1])]))
            }
            (Self::Observed(a), Self::Observed(b)) => Self::Observed(a.or(b)),
        }
    }

    /// Width of the range for codes of 8 bits.
    fn width(self) -> Option<f32> {
        match self {
            Self::Observed(Some([range, _])) => Some(range.high.max(0.0) - range.low.min(0.0)),
            _ => None,
        }
    }
}

impl<'a> Groups<'a> {
    /// Groups values along the operators that keep scales, where `integers` says that they work on
    /// integers.
    pub(super) fn new(
        graph: &'a Graph,
        statistics: &Statistics,
        method: Method,
        integers: &[Integers],
    ) -> Self {
        let source = |id: ValueId| {
            let record = statistics.record(id);
            let observed = record.map(|r| [DType::I8, DType::I16].map(|ty| method.range(r, ty)));
            Source::Observed(observed.or_else(|| constant_range(graph, id).map(|range| [range; 2])))
        };
        let mut groups = Self {
            graph,
            parents: graph.ids().collect(),
            sources: graph.ids().map(source).collect(),
        };
        let nodes = graph.nodes().iter().enumerate();
        for (index, node) in nodes.filter(|(index, _)| integers[*index].is_ok()) {
            match node.op.scales() {
                Scales::Fixed(scale) => {
                    for id in &node.outputs {
                        groups.sources[id.index()] = Source::Fixed(scale);
                    }
                }
                Scales::Shared => groups.share(index),
                _ => {}
            }
        }
        groups
    }

    /// Gives the operands and results of a node one scale. An operand whose scale is fixed takes part
    /// if all have that scale, one of several if its own range is at least half as wide as the whole;
    /// others keep their finer scale and are brought to the group's here alone. Constants follow: what
    /// they add to results was observed there, and what they do not add would only widen the range. A
    /// table takes part: samples hardly reach every row.
    fn share(&mut self, index: usize) {
        let graph = self.graph;
        let node = &graph.nodes()[index];
        let is_table = node.op.reads_table();
        let is_constant = |id: &ValueId| !is_table && graph.value(*id).constant.is_some();
        let (constants, operands): (Vec<_>, Vec<_>) =
            reals(graph, &node.inputs).partition(is_constant);
        let sources: Vec<_> =
            operands.iter().map(|&id| self.sources[self.first(id).index()]).collect();
        let is_fixed = |source: &Source| matches!(source, Source::Fixed(_));
        let are_equal = constants.is_empty() && sources.windows(2).all(|pair| pair[0] == pair[1]);
        let results = reals(graph, &node.outputs).map(|id| self.sources[id.index()]);
        let all = results.chain(sources.iter().copied()).filter(|source| !is_fixed(source));
        let widest = all.reduce(Source::join).and_then(Source::width).unwrap_or(0.0);
        let is_wide = |source: &Source| source.width().is_none_or(|width| 2.0 * width >= widest);
        let joins = |source: &Source| match source {
            Source::Fixed(_) => are_equal,
            Source::Observed(_) => sources.len() == 1 || is_wide(source),
        };
        let members = operands.into_iter().zip(&sources).filter(|(_, source)| joins(source));
        let mut members = members.map(|(id, _)| id).chain(reals(graph, &node.outputs));
        if let Some(first) = members.next() {
            members.for_each(|other| self.unite(first, other));
        }
    }

    fn unite(&mut self, a: ValueId, b: ValueId) {
        let (a, b) = (self.first(a), self.first(b));
        if a == b {
            return;
        }
        self.parents[b.index()] = a;
        self.sources[a.index()] = self.sources[a.index()].join(self.sources[b.index()]);
    }

    fn first(&self, mut id: ValueId) -> ValueId {
        while self.parents[id.index()] != id {
            id = self.parents[id.index()];
        }
        id
    }

    /// Scale and zero point of `value` as integers of type `dtype`; `None` if nothing is known of it.
    pub(super) fn quant(&self, value: ValueId, dtype: DType) -> Option<Quant> {
        match self.sources[self.first(value).index()] {
            Source::Fixed(scale) => Some(scale.quant(dtype)),
            Source::Observed(ranges) => {
                ranges.map(|ranges| ranges[usize::from(dtype == DType::I16)].quant(dtype))
            }
        }
    }
}

/// The values among `ids` that are real numbers.
pub(super) fn reals(graph: &Graph, ids: &[ValueId]) -> impl Iterator<Item = ValueId> {
    ids.iter().copied().filter(|&id| graph.value(id).ty.dtype == DType::F32)
}

/// Whether a node computes with real numbers.
pub(super) fn is_real(graph: &Graph, node: &Node) -> bool {
    reals(graph, &node.inputs).chain(reals(graph, &node.outputs)).next().is_some()
}

fn constant_range(graph: &Graph, id: ValueId) -> Option<Interval> {
    match graph.value(id).constant.as_deref()? {
        Data::F32(numbers) => Interval::of(numbers),
        _ => None,
    }
}
