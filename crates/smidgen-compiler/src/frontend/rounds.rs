//! How often loops run, where that follows from constants, as with counters.

use crate::graph::{Graph, Node, ValueId};
use crate::ops::{Control, Op};
use crate::tensor::Data;
use std::sync::Arc;

/// Most elementary operations that are spent on counting all rounds of a model.
const MAX_COUNTING_WORK: u64 = 1 << 26;

/// What a node counts as at least, and a region.
const LEAST_WORK: u64 = 64;

/// Notes at each loop of a verified graph how often it runs, where that is known.
pub(super) fn count_rounds(graph: &mut Graph) {
    count(graph, &mut MAX_COUNTING_WORK.clone());
}

fn count(graph: &mut Graph, left: &mut u64) {
    for index in 0..graph.nodes().len() {
        for region in &mut graph.node_mut(index).regions {
            count(region, left);
        }
        let known = rounds(graph, &graph.nodes()[index], left);
        if let Op::Control(Control::While { rounds, .. }) = &mut graph.node_mut(index).op {
            *rounds = known;
        }
    }
}

/// How often the body of a loop runs.
fn rounds(graph: &Graph, node: &Node, left: &mut u64) -> Option<u64> {
    let Op::Control(Control::While { carried, .. }) = node.op else { return None };
    let [condition, body] = &node.regions[..] else { return None };
    // What the decision depends on: values, and so the inputs, of both regions.
    let mut asked = vec![false; condition.values().len()];
    let mut done = vec![false; body.values().len()];
    need(condition, condition.outputs()[0], &mut asked);
    let mut needed: Vec<usize> = Vec::new();
    loop {
        let is_needed =
            |at: &usize| asked[condition.inputs()[*at].index()] || done[body.inputs()[*at].index()];
        let now: Vec<usize> = (0..node.inputs.len()).filter(is_needed).collect();
        if now == needed {
            break;
        }
        needed = now;
        for &at in &needed {
            need(body, *body.outputs().get(at).filter(|_| at < carried)?, &mut done);
        }
    }
    let first = |&at: &usize| graph.value(node.inputs[at]).constant.clone();
    let mut current: Vec<Arc<Data>> = needed.iter().map(first).collect::<Option<_>>()?;
    for rounds in 0.. {
        let known = needed.iter().map(|&at| condition.inputs()[at]).zip(current.clone());
        let more = evaluate(condition, known, &asked, left)?;
        if !more[condition.outputs()[0].index()].as_ref()?.get::<bool>()[0] {
            return Some(rounds);
        }
        let known = needed.iter().map(|&at| body.inputs()[at]).zip(current);
        let next = evaluate(body, known, &done, left)?;
        let next = needed.iter().map(|&at| next[body.outputs()[at].index()].clone());
        current = next.collect::<Option<_>>()?;
    }
    None
}

/// Marks `value` and all that it is computed from.
fn need(region: &Graph, value: ValueId, needed: &mut [bool]) {
    needed[value.index()] = true;
    for node in region.nodes().iter().rev() {
        if node.outputs.iter().any(|output| needed[output.index()]) {
            node.inputs.iter().for_each(|input| needed[input.index()] = true);
        }
    }
}

/// The needed values of a region, if plain operators compute them within the work that is left.
fn evaluate(
    region: &Graph,
    known: impl Iterator<Item = (ValueId, Arc<Data>)>,
    needed: &[bool],
    left: &mut u64,
) -> Option<Vec<Option<Arc<Data>>>> {
    *left = left.checked_sub(LEAST_WORK)?;
    let mut values: Vec<_> = region.values().iter().map(|value| value.constant.clone()).collect();
    for (id, data) in known {
        values[id.index()] = Some(data);
    }
    for node in region.nodes() {
        if !node.outputs.iter().any(|output| needed[output.index()]) {
            continue;
        }
        let site = region.site(node);
        *left = left.checked_sub(node.op.work(&site).max(LEAST_WORK))?;
        if !node.regions.is_empty() || node.op.is_opaque() {
            return None;
        }
        let inputs: Vec<&Data> =
            node.inputs.iter().map(|id| values[id.index()].as_deref()).collect::<Option<_>>()?;
        let results = node.op.eval(&site, &inputs);
        for (output, data) in node.outputs.iter().zip(results) {
            values[output.index()] = Some(Arc::new(data));
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::ops::case::plain;
    use crate::ops::compare::{Compare, Relation};
    use crate::ops::{Activation, add};
    use crate::tensor::{DType, Quant, Rounding};

    /// Rounds of a loop that adds `step` to a number while it is less than 10. Where the loop begins
    /// is `first`, or an input of the model.
    fn check(first: Option<i32>, step: i32, expected: Option<u64>) {
        let number = || plain(DType::I32, &[]);
        let [mut graph, mut condition, mut body] = [(); 3].map(|()| Graph::new("m"));
        let x = condition.add_input("x", number());
        let limit = condition.add_constant("limit", number(), Data::I32(vec![10]));
        let less = Compare { relation: Relation::Less };
        let more = condition.add_op("more", less, &[x, limit], Quant::None).unwrap();
        condition.set_outputs(vec![more]);
        let x = body.add_input("x", number());
        let step = body.add_constant("step", number(), Data::I32(vec![step]));
        let sum =
            add::Add { activation: Activation::None, shifting: false, rounding: Rounding::Tflm };
        let next = body.add_op("next", sum, &[x, step], Quant::None).unwrap();
        body.set_outputs(vec![next]);
        let first = match first {
            Some(first) => graph.add_constant("first", number(), Data::I32(vec![first])),
            None => graph.add_input("first", number()),
        };
        let end = graph.add_value("end", number());
        let op = Op::Control(Control::While { carried: 1, rounds: None });
        let node = Node::new("loop", 0, op, vec![first], vec![end]);
        graph.add_node(Node { regions: vec![condition, body], ..node });
        graph.set_outputs(vec![end]);
        graph.verify().unwrap();
        count_rounds(&mut graph);
        let Op::Control(Control::While { rounds, .. }) = graph.nodes()[0].op else { panic!() };
        assert_eq!(rounds, expected);
    }

    #[test]
    fn counters_say_how_often_a_loop_runs() {
        check(Some(0), 1, Some(10));
        check(Some(0), 3, Some(4));
        check(Some(10), 1, Some(0));
    }

    #[test]
    fn a_loop_that_does_not_end_is_not_known() {
        check(Some(0), 0, None);
    }

    #[test]
    fn a_loop_that_depends_on_an_input_is_not_known() {
        check(None, 1, None);
    }
}
