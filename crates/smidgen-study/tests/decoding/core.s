@ Integer instructions of Armv8.1-M with the DSP extension, one per form.
adcs r1, r2
adc.w r8, r9, r10
adcs.w r8, r9, r10, lsl #3
adcs.w r8, r9, #255
adc.w r1, r2, r3, rrx
ands r1, r2
and.w r8, r9, r10
ands.w r8, r9, r10, lsl #3
ands.w r8, r9, #255
and.w r1, r2, r3, rrx
eors r1, r2
eor.w r8, r9, r10
eors.w r8, r9, r10, lsl #3
eors.w r8, r9, #255
eor.w r1, r2, r3, rrx
orrs r1, r2
orr.w r8, r9, r10
orrs.w r8, r9, r10, lsl #3
orrs.w r8, r9, #255
orr.w r1, r2, r3, rrx
bics r1, r2
bic.w r8, r9, r10
bics.w r8, r9, r10, lsl #3
bics.w r8, r9, #255
bic.w r1, r2, r3, rrx
sbcs r1, r2
sbc.w r8, r9, r10
sbcs.w r8, r9, r10, lsl #3
sbcs.w r8, r9, #255
sbc.w r1, r2, r3, rrx
adds r1, r2, r3
adds r1, r2, #3
adds r1, #200
adds.w r8, r9, r10
adds.w r8, r9, r10, asr #4
adds.w r8, r9, #0x10000
subs r1, r2, r3
subs r1, r2, #3
subs r1, #200
subs.w r8, r9, r10
subs.w r8, r9, r10, asr #4
subs.w r8, r9, #0x10000
add r8, r9
add r1, r10
add r1, sp, #16
add sp, #16
sub sp, #16
add.w r8, sp, r3
addw r1, r2, #4095
subw r1, r2, #4095
adr r1, .+8
adr.w r1, .+8
rsbs r1, r2, #0
rsb.w r1, r2, #5
rsbs.w r1, r2, r3, lsr #7
orn r1, r2, r3
orns r1, r2, #7
orn r1, r2, r3, ror #9
mvns r1, r2
mvn.w r1, r2, lsl #2
mvn r1, #5
mov r1, r8
mov r8, r1
movs r1, r2
movs r1, #5
mov.w r1, #0xff00ff
mov.w r8, r9
movs.w r8, r9
movw r1, #0x1234
movt r1, #0x1234
cmp r1, #4
cmp r1, r2
cmp r8, r9
cmp.w r1, r2, lsl #2
cmp.w r8, #7
cmn r1, r2
cmn.w r1, #3
tst r1, r2
tst.w r1, #3
tst.w r1, r2, lsl #1
teq r1, r2
teq r1, #5
lsls r1, r2, #3
lsrs r1, r2, #3
asrs r1, r2, #3
lsls r1, r2
lsrs r1, r2
asrs r1, r2
rors r1, r2
lsl.w r8, r9, #3
lsr.w r8, r9, r10
asrs.w r8, r9, r10
ror.w r8, r9, #5
rrx r1, r2
rrxs r1, r2
muls r1, r2
mul.w r1, r2, r3
mla r1, r2, r3, r4
mls r1, r2, r3, r4
umull r1, r2, r3, r4
smull r1, r2, r3, r4
umlal r1, r2, r3, r4
smlal r1, r2, r3, r4
umaal r1, r2, r3, r4
sdiv r1, r2, r3
udiv r1, r2, r3
smlabb r1, r2, r3, r4
smulbb r1, r2, r3
smlalbb r1, r2, r3, r4
smlabt r1, r2, r3, r4
smulbt r1, r2, r3
smlalbt r1, r2, r3, r4
smlatb r1, r2, r3, r4
smultb r1, r2, r3
smlaltb r1, r2, r3, r4
smlatt r1, r2, r3, r4
smultt r1, r2, r3
smlaltt r1, r2, r3, r4
smlawb r1, r2, r3, r4
smulwb r1, r2, r3
smlawt r1, r2, r3, r4
smulwt r1, r2, r3
smlad r1, r2, r3, r4
smuad r1, r2, r3
smlsd r1, r2, r3, r4
smusd r1, r2, r3
smlald r1, r2, r3, r4
smlsld r1, r2, r3, r4
smladx r1, r2, r3, r4
smuadx r1, r2, r3
smlsdx r1, r2, r3, r4
smusdx r1, r2, r3
smlaldx r1, r2, r3, r4
smlsldx r1, r2, r3, r4
smmul r1, r2, r3
smmla r1, r2, r3, r4
smmls r1, r2, r3, r4
smmulr r1, r2, r3
smmlar r1, r2, r3, r4
smmlsr r1, r2, r3, r4
sadd16 r1, r2, r3
sadd8 r1, r2, r3
ssub16 r1, r2, r3
ssub8 r1, r2, r3
sasx r1, r2, r3
ssax r1, r2, r3
uadd16 r1, r2, r3
uadd8 r1, r2, r3
usub16 r1, r2, r3
usub8 r1, r2, r3
uasx r1, r2, r3
usax r1, r2, r3
qadd16 r1, r2, r3
qadd8 r1, r2, r3
qsub16 r1, r2, r3
qsub8 r1, r2, r3
qasx r1, r2, r3
qsax r1, r2, r3
uqadd16 r1, r2, r3
uqadd8 r1, r2, r3
uqsub16 r1, r2, r3
uqsub8 r1, r2, r3
uqasx r1, r2, r3
uqsax r1, r2, r3
shadd16 r1, r2, r3
shadd8 r1, r2, r3
shsub16 r1, r2, r3
shsub8 r1, r2, r3
shasx r1, r2, r3
shsax r1, r2, r3
uhadd16 r1, r2, r3
uhadd8 r1, r2, r3
uhsub16 r1, r2, r3
uhsub8 r1, r2, r3
uhasx r1, r2, r3
uhsax r1, r2, r3
qadd r1, r2, r3
qsub r1, r2, r3
qdadd r1, r2, r3
qdsub r1, r2, r3
ssat r1, #8, r2
ssat r1, #8, r2, lsl #3
usat r1, #8, r2, asr #2
ssat16 r1, #8, r2
usat16 r1, #8, r2
pkhbt r1, r2, r3
pkhbt r1, r2, r3, lsl #16
pkhtb r1, r2, r3, asr #16
sel r1, r2, r3
usad8 r1, r2, r3
usada8 r1, r2, r3, r4
sxtb r1, r2
sxth r1, r2
uxtb r1, r2
uxth r1, r2
sxtb.w r8, r9, ror #8
sxtab r1, r2, r3
sxtah r1, r2, r3, ror #16
uxtab r1, r2, r3
uxtah r1, r2, r3
sxtb16 r1, r2
uxtb16 r1, r2, ror #8
sxtab16 r1, r2, r3
uxtab16 r1, r2, r3
bfi r1, r2, #3, #5
bfc r1, #3, #5
sbfx r1, r2, #3, #5
ubfx r1, r2, #3, #5
clz r1, r2
rbit r1, r2
rev r1, r2
rev16 r1, r2
revsh r1, r2
rev.w r8, r9
ldr r1, [r2, r3]
ldr.w r1, [r2, r3, lsl #2]
ldr.w r8, [r9, #200]
ldr r1, [r2, #-4]
ldr r1, [r2, #4]!
ldr r1, [r2], #4
ldrt r1, [r2, #4]
ldr r1, [r2, #4]
ldr.w r1, [pc, #8]
ldrb r1, [r2, r3]
ldrb.w r1, [r2, r3, lsl #2]
ldrb.w r8, [r9, #200]
ldrb r1, [r2, #-4]
ldrb r1, [r2, #4]!
ldrb r1, [r2], #4
ldrbt r1, [r2, #4]
ldrb r1, [r2, #4]
ldrb.w r1, [pc, #8]
ldrh r1, [r2, r3]
ldrh.w r1, [r2, r3, lsl #2]
ldrh.w r8, [r9, #200]
ldrh r1, [r2, #-4]
ldrh r1, [r2, #4]!
ldrh r1, [r2], #4
ldrht r1, [r2, #4]
ldrh r1, [r2, #4]
ldrh.w r1, [pc, #8]
ldrsb r1, [r2, r3]
ldrsb.w r1, [r2, r3, lsl #2]
ldrsb.w r8, [r9, #200]
ldrsb r1, [r2, #-4]
ldrsb r1, [r2, #4]!
ldrsb r1, [r2], #4
ldrsbt r1, [r2, #4]
ldrsb.w r1, [pc, #8]
ldrsh r1, [r2, r3]
ldrsh.w r1, [r2, r3, lsl #2]
ldrsh.w r8, [r9, #200]
ldrsh r1, [r2, #-4]
ldrsh r1, [r2, #4]!
ldrsh r1, [r2], #4
ldrsht r1, [r2, #4]
ldrsh.w r1, [pc, #8]
str r1, [r2, r3]
str.w r1, [r2, r3, lsl #2]
str.w r8, [r9, #200]
str r1, [r2, #-4]
str r1, [r2, #4]!
str r1, [r2], #4
strt r1, [r2, #4]
str r1, [r2, #4]
strb r1, [r2, r3]
strb.w r1, [r2, r3, lsl #2]
strb.w r8, [r9, #200]
strb r1, [r2, #-4]
strb r1, [r2, #4]!
strb r1, [r2], #4
strbt r1, [r2, #4]
strb r1, [r2, #4]
strh r1, [r2, r3]
strh.w r1, [r2, r3, lsl #2]
strh.w r8, [r9, #200]
strh r1, [r2, #-4]
strh r1, [r2, #4]!
strh r1, [r2], #4
strht r1, [r2, #4]
strh r1, [r2, #4]
ldr r1, [sp, #8]
str r1, [sp, #8]
ldr r1, [pc, #8]
ldr.w pc, [r2, #4]
ldr pc, [r2, r3, lsl #2]
ldr pc, [sp], #4
ldr.w r8, [sp], #4
str.w r8, [sp, #-4]!
ldrd r1, r2, [r3]
ldrd r1, r2, [r3, #8]!
ldrd r1, r2, [r3], #8
ldrd r1, r2, [pc, #8]
strd r1, r2, [r3]
strd r1, r2, [r3, #-8]!
strd r1, r2, [r3], #8
push {r1, r4}
push {r4, lr}
push.w {r4, r8, lr}
pop {r1, r4}
pop {r4, pc}
pop.w {r4, r8, pc}
pop.w {r4, r8}
ldmia r1!, {r2, r3}
ldmia r1, {r1, r2}
ldmia.w r1, {r2, r8}
ldmdb r1!, {r2, r8}
ldmdb r1, {r2, r8}
stmia r1!, {r2, r3}
stmia.w r1, {r2, r8}
stmdb r1!, {r2, r8}
stmdb r1, {r2, r8}
ldmia.w r1!, {r2, pc}
ldrex r1, [r2, #4]
ldrexb r1, [r2]
ldrexh r1, [r2]
strex r1, r2, [r3, #4]
strexb r1, r2, [r3]
strexh r1, r2, [r3]
lda r1, [r2]
ldab r1, [r2]
ldah r1, [r2]
stl r1, [r2]
stlb r1, [r2]
stlh r1, [r2]
ldaex r1, [r2]
ldaexb r1, [r2]
ldaexh r1, [r2]
stlex r1, r2, [r3]
stlexb r1, r2, [r3]
stlexh r1, r2, [r3]
tbb [pc, r1]
tbh [pc, r1, lsl #1]
tbb [r2, r1]
pld [r1]
pld [r1, r2]
pld [r1, #-4]
pli [r1]
clrm {r1, r2}
b .+8
b.w .+8
bl .+8
blx r1
bx lr
bx r1
blxns r1
bxns lr
cbz r1, .+8
cbnz r1, .+8
mov pc, r1
add pc, r1
nop
nop.w
yield
wfe
wfi
sev
svc 1
udf #1
udf.w #1
bkpt 1
cpsid i
cpsie f
dsb
dmb
isb
clrex
mrs r1, primask
msr primask, r1
msr APSR_nzcvq, r1
mrs r1, apsr
sg
tt r1, r2
tta r1, r2
ttt r1, r2
csdb
beq .+8
beq.w .+8
bne .+8
bne.w .+8
bcs .+8
bcs.w .+8
bcc .+8
bcc.w .+8
bmi .+8
bmi.w .+8
bpl .+8
bpl.w .+8
bvs .+8
bvs.w .+8
bvc .+8
bvc.w .+8
bhi .+8
bhi.w .+8
bls .+8
bls.w .+8
bge .+8
bge.w .+8
blt .+8
blt.w .+8
bgt .+8
bgt.w .+8
ble .+8
ble.w .+8
it eq
addeq r1, r2, r3
itt ne
movne r1, #1
ldrne r2, [r3]
it lt
mullt r1, r2, r1
csel r1, r2, r3, eq
csinc r1, r2, r3, ne
csinv r1, r2, r3, lt
csneg r1, r2, r3, ge
cset r1, eq
csetm r1, ne
cinc r1, r2, eq
cinv r1, r2, eq
cneg r1, r2, eq
asrl r2, r3, #5
lsll r2, r3, #5
lsrl r2, r3, #5
asrl r2, r3, r4
lsll r2, r3, r4
sqrshr r2, r4
sqrshrl r2, r3, #64, r4
sqshl r2, #5
sqshll r2, r3, #5
srshr r2, #5
srshrl r2, r3, #5
uqrshl r2, r4
uqrshll r2, r3, #48, r4
uqshl r2, #5
uqshll r2, r3, #5
urshr r2, #5
urshrl r2, r3, #5
dls lr, r1
wls lr, r1, .+8
le lr, .-8
le .-8
dlstp.8 lr, r1
dlstp.32 lr, r1
wlstp.16 lr, r1, .+8
letp lr, .-8
lctp
