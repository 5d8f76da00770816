"""Measures what the kernels of TFLite Micro take in flash at -Os on a Cortex-M4.

    cargo info tfmicro@0.1.0              # downloads the crate, which contains TFLite Micro's sources
    tar xzf ~/.cargo/registry/cache/*/tfmicro-0.1.0.crate
    python measure_tflm.py tfmicro-0.1.0/submodules/tensorflow INCLUDE > benches/tflm_kernels.csv

INCLUDE is the folder of newlib's headers, with those of the C++ library in it (Debian's
`libstdc++-arm-none-eabi-dev` and `libnewlib-dev`, unpacked: `usr/include/newlib`).

An operator's kernel is every function and constant that its registration reaches, inside its
object file: set-up, checks and computation in all its types. What several kernels share (shapes,
broadcasting, fixed-point helpers) and the interpreter are left out, so the real cost is larger. The
column `int8` leaves out, too, every function that serves another type alone.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

FLAGS = """-Os -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -std=c++11 -fno-rtti
    -fno-exceptions -fno-threadsafe-statics -fno-unwind-tables -ffunction-sections -fdata-sections
    -DTF_LITE_STATIC_MEMORY -DTF_LITE_STRIP_ERROR_STRINGS -DNDEBUG -w""".split()
KERNELS = {
    "activations": ("RELU", "RELU6"),
    "add": ("ADD",),
    "concatenation": ("CONCATENATION",),
    "conv": ("CONV_2D",),
    "depthwise_conv": ("DEPTHWISE_CONV_2D",),
    "dequantize": ("DEQUANTIZE",),
    "fully_connected": ("FULLY_CONNECTED",),
    "logistic": ("LOGISTIC",),
    "maximum_minimum": ("MAXIMUM", "MINIMUM"),
    "mul": ("MUL",),
    "pack": ("PACK",),
    "pad": ("PAD",),
    "pooling": ("AVERAGE_POOL_2D", "MAX_POOL_2D"),
    "prelu": ("PRELU",),
    "quantize": ("QUANTIZE",),
    "reduce": ("MEAN",),
    "reshape": ("RESHAPE",),
    "resize_nearest_neighbor": ("RESIZE_NEAREST_NEIGHBOR",),
    "softmax": ("SOFTMAX",),
    "split": ("SPLIT",),
    "strided_slice": ("STRIDED_SLICE",),
    "sub": ("SUB",),
    "tanh": ("TANH",),
    "unpack": ("UNPACK",),
}
# Functions with these in their names or parameters serve other types than int8.
OTHER_TYPES = re.compile(
    r"Float|float|UInt8|unsigned char|^(?!.*gemmlowp).*<long|long const\*|conv::EvalQuantized\(|MeanParams"
)
SHARED = 3


def compile_kernel(sources, include, name, folder):
    """The object file of a kernel."""
    downloads = "tensorflow/lite/micro/tools/make/downloads"
    cxx = max((include / "c++").iterdir())
    folders = [".", f"{downloads}/flatbuffers/include", f"{downloads}/gemmlowp", f"{downloads}/ruy"]
    system = [cxx, cxx / "arm-none-eabi/thumb/v7e-m+fp/hard", cxx / "arm-none-eabi", include]
    target = folder / f"{name}.o"
    command = ["arm-none-eabi-g++", *FLAGS, *(f"-I{f}" for f in folders)]
    command += [part for f in system for part in ("-isystem", str(f.resolve()))]
    command += ["-c", f"tensorflow/lite/micro/kernels/{name}.cc", "-o", str(target.resolve())]
    subprocess.run(command, cwd=sources, check=True)
    return target


def tool(name, *arguments):
    """The lines that a tool prints."""
    command = [f"arm-none-eabi-{name}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def symbols(target):
    """Sizes by name, names by section, and the readable names."""
    sizes, sections = {}, {}
    for line in tool("objdump", "-t", target):
        # Address, seven flags, section, size, perhaps the visibility, name.
        found = re.match(r"[0-9a-f]{8} .{7} (\S+)\t([0-9a-f]{8}) (?:\.hidden )?(\S+)$", line)
        if not found or found[1] == "*UND*" or int(found[2], 16) == 0:
            continue
        sizes[found[3]] = int(found[2], 16)
        sections.setdefault(found[1], []).append(found[3])
    readable = dict(zip(sizes, tool("c++filt", "--", *sizes), strict=True)) if sizes else {}
    return sizes, sections, readable


def references(target, sections):
    """The names that each name refers to."""
    found, current = {}, []
    for line in tool("objdump", "-r", target):
        header = re.match(r"RELOCATION RECORDS FOR \[(.*)\]", line)
        if header:
            current = sections.get(header[1], [])
            continue
        parts = line.split()
        if len(parts) == 3 and current:
            name = parts[2].split("+")[0]
            for source in current:
                found.setdefault(source, set()).update(sections.get(name, [name]))
    return found


def reach(root, edges, allowed):
    """All names that a root leads to."""
    seen, waiting = set(), [root]
    while waiting:
        name = waiting.pop()
        if name not in seen and allowed(name):
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return seen


def main(sources, include):
    """Prints the table."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        objects = {
            name: compile_kernel(sources, include, name, Path(folder)) for name in sorted(KERNELS)
        }
        parsed = {name: symbols(target) for name, target in objects.items()}
        count = Counter(name for sizes, _, _ in parsed.values() for name in sizes)
        print("operator,all,int8")
        rows = []
        for kernel, operators in KERNELS.items():
            sizes, sections, readable = parsed[kernel]
            edges = references(objects[kernel], sections)
            own = lambda name: name in sizes and count[name] < SHARED
            int8 = lambda name: own(name) and not OTHER_TYPES.search(readable[name])
            for operator in operators:
                root = next(n for n in sizes if readable[n].endswith(f"Register_{operator}()"))
                totals = [sum(sizes[n] for n in reach(root, edges, f)) for f in (own, int8)]
                rows.append(f"{operator},{totals[0]},{totals[1]}")
        print("\n".join(sorted(rows)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
