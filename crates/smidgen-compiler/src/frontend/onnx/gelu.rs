//! Recognises GELU where a file spells it out: `x (1 + erf(x / sqrt 2)) / 2`, or with the hyperbolic
//! tangent, in whatever order the factors stand.

use std::collections::BTreeMap;
use std::f32::consts::FRAC_1_SQRT_2;

use super::importer::{Importer, is_own};
use super::names::{Known, Names};
use crate::reader::onnx::{Graph, Node};
use crate::tensor::Data;

/// How far, as a part of it, a factor may be from what it should be.
const TOLERANCE: f32 = 1e-5;

/// `sqrt(2 / pi)`.
const TANH_FACTOR: f32 = 0.797_884_6;

/// Most names of one product.
const MAX_FACTORS: usize = 8;

/// The nodes that give names.
#[derive(Debug)]
pub(super) struct Sources<'a>(BTreeMap<&'a str, &'a Node>);

/// A product of a number and of what names stand for, in order.
#[derive(Debug, PartialEq)]
struct Product<'a> {
    factor: f32,
    names: Vec<&'a str>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(graph: &'a Graph) -> Self {
        let outputs =
            |node: &'a Node| node.outputs.iter().flatten().map(move |name| (name.as_str(), node));
        Self(graph.nodes.iter().flat_map(outputs).collect())
    }

    /// The node of kind `kind` that gives a name.
    fn node(&self, name: &str, kind: &str) -> Option<&'a Node> {
        let node = *self.0.get(name)?;
        (node.op_type == kind && is_own(node)).then_some(node)
    }

    /// What a name stands for, as a product of names that stand for no product.
    fn product(&self, names: &mut Names<'a>, name: &'a str) -> Option<Product<'a>> {
        let mut product = Product { factor: 1.0, names: Vec::new() };
        let mut left = vec![name];
        while let Some(name) = left.pop() {
            if let Some(number) = names.number(name) {
                product.factor *= number;
            } else if let Some(node) = self.node(name, "Mul") {
                left.extend(operands(node)?);
            } else if let Some((x, number)) = self.with_number(names, name, "Div") {
                product.factor /= number;
                left.push(x);
            } else {
                let (x, power) = self.with_number(names, name, "Pow").unwrap_or((name, 1.0));
                let powers = [1f32, 2.0, 3.0].map(f32::to_bits);
                let known = powers.iter().position(|&known| known == power.to_bits())?;
                product.names.extend(vec![x; known + 1]);
            }
            if left.len() + product.names.len() > MAX_FACTORS {
                return None;
            }
        }
        product.names.sort_unstable();
        Some(product)
    }

    /// The first operand of a node whose second one is a number.
    fn with_number(&self, names: &mut Names<'a>, name: &str, kind: &str) -> Option<(&'a str, f32)> {
        let [x, y] = operands(self.node(name, kind)?)?;
        names.number(y).map(|number| (x, number))
    }

    /// The operand that is added to what `of` accepts.
    fn sum<T>(&self, name: &str, mut of: impl FnMut(&'a str, &'a str) -> Option<T>) -> Option<T> {
        let [x, y] = operands(self.node(name, "Add")?)?;
        of(x, y).or_else(|| of(y, x))
    }

    /// Whether a sum is `1 + f(x)` with the `f` of GELU; with which one, the approximation or not.
    fn gate(&self, names: &mut Names<'a>, sum: &'a str, x: &str) -> Option<bool> {
        self.sum(sum, |function, one| {
            near(names.number(one)?, 1.0).then_some(())?;
            if let Some(node) = self.node(function, "Erf") {
                let inner = self.product(names, node.input(0)?)?;
                let is_it = inner.names == [x] && near(inner.factor, FRAC_1_SQRT_2);
                return is_it.then_some(false);
            }
            let inner = self.product(names, self.node(function, "Tanh")?.input(0)?)?;
            let [polynomial] = inner.names[..] else { return None };
            near(inner.factor, TANH_FACTOR).then_some(())?;
            self.sum(polynomial, |linear, cubic| {
                let cubic = self.product(names, cubic)?;
                let is_it = linear == x && cubic.names == [x; 3] && near(cubic.factor, 0.044_715);
                is_it.then_some(true)
            })
        })
    }
}

fn operands(node: &Node) -> Option<[&str; 2]> {
    Some([node.input(0)?, node.input(1)?])
}

fn near(number: f32, wanted: f32) -> bool {
    (number - wanted).abs() <= TOLERANCE * wanted
}

impl<'a> Names<'a> {
    /// The constant of one float that a name stands for.
    fn number(&mut self, name: &'a str) -> Option<f32> {
        let Ok(Known::Value(value)) = self.get(name) else { return None };
        match self.graph.value(value).constant.as_deref() {
            Some(Data::F32(list)) if list.len() == 1 => Some(list[0]),
            _ => None,
        }
    }
}

impl<'a> Importer<'a> {
    /// If a node is the last one of a GELU, what it is of, and whether with the approximation.
    pub(super) fn gelu(&mut self, node: &'a Node) -> Option<(&'a str, bool)> {
        if node.op_type != "Mul" {
            return None;
        }
        let product = self.sources.product(&mut self.names, node.output(0)?)?;
        let [a, b] = product.names[..] else { return None };
        near(product.factor, 0.5).then_some(())?;
        [(a, b), (b, a)].into_iter().find_map(|(x, sum)| {
            self.sources.gate(&mut self.names, sum, x).map(|approximate| (x, approximate))
        })
    }
}
