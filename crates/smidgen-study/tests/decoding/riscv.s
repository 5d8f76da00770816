# RV32IMAFDC, Zicsr, Zifencei, Zba, Zbb, Zbs: one line per form.
lui x10, 0x12345
auipc x10, 0x12345
jal x0, .+2048
jal x1, .+2048
jal x5, .-2048
jalr x0, 4(x10)
jalr x1, 4(x10)
jalr x5, 0(x10)
beq x10, x11, .+8
bne x10, x11, .+2048
blt x10, x11, .-8
bge x10, x11, .+8
bltu x10, x11, .+8
bgeu x10, x0, .+8
lb x10, 1(x11)
lh x10, 2(x11)
lw x10, 4(x11)
lbu x10, 1(x11)
lhu x10, 2(x11)
sb x10, 1(x11)
sh x10, 2(x11)
sw x10, 4(x20)
addi x10, x11, 5
slti x10, x11, 5
sltiu x10, x11, 5
xori x10, x11, 5
ori x10, x11, 5
andi x10, x11, 5
slli x10, x11, 5
srli x10, x11, 5
srai x10, x11, 5
add x10, x11, x12
sub x10, x11, x12
sll x10, x11, x12
slt x10, x11, x12
sltu x10, x0, x12
xor x10, x11, x12
srl x10, x11, x12
sra x10, x11, x12
or x10, x11, x12
and x10, x11, x12
fence
fence.tso
fence.i
ecall
ebreak
mret
wfi
csrrw x10, mstatus, x11
csrrs x10, mcycle, x0
csrrc x0, mie, x11
csrrwi x10, fcsr, 3
csrrsi x10, mstatus, 3
csrrci x10, mstatus, 3
mul x10, x11, x12
mulh x10, x11, x12
mulhsu x10, x11, x12
mulhu x10, x11, x12
div x10, x11, x12
divu x10, x11, x12
rem x10, x11, x12
remu x10, x11, x12
lr.w x10, (x11)
sc.w.aqrl x10, x12, (x11)
amoswap.w x10, x12, (x11)
amoadd.w.aq x10, x12, (x11)
amoxor.w x10, x12, (x11)
amoand.w x10, x12, (x11)
amoor.w.rl x10, x12, (x11)
amomin.w x10, x12, (x11)
amomax.w x10, x12, (x11)
amominu.w x10, x12, (x11)
amomaxu.w x10, x12, (x11)
flw f10, 4(x20)
fsw f10, 4(x20)
fld f10, 8(x20)
fsd f10, 8(x20)
fmadd.s f10, f11, f12, f13
fmsub.s f10, f11, f12, f13
fnmsub.s f10, f11, f12, f13
fnmadd.s f10, f11, f12, f13
fadd.s f10, f11, f12
fsub.s f10, f11, f12
fmul.s f10, f11, f12
fdiv.s f10, f11, f12
fsqrt.s f10, f11
fsgnj.s f10, f11, f12
fsgnj.s f10, f11, f11
fsgnjn.s f10, f11, f11
fsgnjx.s f10, f11, f11
fmin.s f10, f11, f12
fmax.s f10, f11, f12
fcvt.w.s x10, f11, rtz
fcvt.wu.s x10, f11
fmv.x.w x10, f11
feq.s x10, f11, f12
flt.s x10, f11, f12
fle.s x10, f11, f12
fclass.s x10, f11
fcvt.s.w f10, x11
fcvt.s.wu f10, x11
fmv.w.x f10, x11
fmadd.d f10, f11, f12, f13
fnmadd.d f10, f11, f12, f13
fadd.d f10, f11, f12
fsub.d f10, f11, f12
fmul.d f10, f11, f12
fdiv.d f10, f11, f12
fsqrt.d f10, f11
fsgnj.d f10, f11, f11
fsgnjn.d f10, f11, f12
fmin.d f10, f11, f12
fcvt.s.d f10, f11
fcvt.d.s f10, f11
feq.d x10, f11, f12
fclass.d x10, f11
fcvt.w.d x10, f11
fcvt.d.wu f10, x11
sh1add x10, x11, x12
sh2add x10, x11, x12
sh3add x10, x11, x12
andn x10, x11, x12
orn x10, x11, x12
xnor x10, x11, x12
clz x10, x11
ctz x10, x11
cpop x10, x11
max x10, x11, x12
maxu x10, x11, x12
min x10, x11, x12
minu x10, x11, x12
sext.b x10, x11
sext.h x10, x11
zext.h x10, x11
rol x10, x11, x12
ror x10, x11, x12
rori x10, x11, 5
orc.b x10, x11
rev8 x10, x11
bclr x10, x11, x12
bclri x10, x11, 5
bext x10, x11, x12
bexti x10, x11, 5
binv x10, x11, x12
binvi x10, x11, 5
bset x10, x11, x12
bseti x10, x11, 5
c.nop
c.addi x10, 5
c.jal .+8
c.li x10, 5
c.lui x10, 5
c.addi16sp x2, 32
c.addi4spn x10, x2, 16
c.srli x10, 5
c.srai x10, 5
c.andi x10, 5
c.sub x10, x11
c.xor x10, x11
c.or x10, x11
c.and x10, x11
c.j .-8
c.beqz x10, .+8
c.bnez x10, .-8
c.slli x10, 5
c.lw x10, 4(x11)
c.sw x10, 4(x11)
c.lwsp x10, 8(x2)
c.swsp x10, 8(x2)
c.flw f10, 4(x11)
c.fsw f10, 4(x11)
c.flwsp f10, 8(x2)
c.fswsp f10, 8(x2)
c.fld f10, 8(x11)
c.fsd f10, 8(x11)
c.fldsp f10, 8(x2)
c.fsdsp f10, 8(x2)
c.jr x10
c.jr x1
c.mv x10, x11
c.ebreak
c.jalr x10
c.add x10, x11
nop
