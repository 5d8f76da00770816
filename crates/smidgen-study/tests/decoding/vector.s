@ Instructions of the MVE extension, one per form.
vctp.8 r1
vctp.32 r1
vadd.i32 q1, q2, q3
vsub.i8 q1, q2, q3
vmul.i16 q1, q2, q3
vhadd.s8 q1, q2, q3
vhsub.u16 q1, q2, q3
vrhadd.s32 q1, q2, q3
vqadd.s8 q1, q2, q3
vqsub.u8 q1, q2, q3
vabd.s16 q1, q2, q3
vmax.s8 q1, q2, q3
vmin.u32 q1, q2, q3
vmulh.s8 q1, q2, q3
vrmulh.u16 q1, q2, q3
vqdmulh.s32 q1, q2, q3
vqrdmulh.s16 q1, q2, q3
vshl.s32 q1, q2, q3
vrshl.u8 q1, q2, q3
vqshl.s16 q1, q2, q3
vqrshl.s8 q1, q2, q3
vmullb.s16 q1, q2, q3
vmullt.u8 q1, q2, q3
vmullb.p8 q1, q2, q3
vmullt.p16 q1, q2, q3
vqdmullb.s16 q1, q2, q3
vqdmullt.s32 q1, q2, q3
vqdmladh.s8 q1, q2, q3
vqdmladhx.s16 q1, q2, q3
vqdmlsdh.s32 q1, q2, q3
vqrdmladh.s8 q1, q2, q3
vqrdmlsdhx.s16 q1, q2, q3
vadd.f32 q1, q2, q3
vsub.f16 q1, q2, q3
vmul.f32 q1, q2, q3
vabd.f32 q1, q2, q3
vfma.f32 q1, q2, q3
vfms.f16 q1, q2, q3
vmaxnm.f32 q1, q2, q3
vminnm.f16 q1, q2, q3
vand q1, q2, q3
vorr q1, q2, q3
veor q1, q2, q3
vbic q1, q2, q3
vorn q1, q2, q3
vmov q1, q2
vmvn q1, q2
vpsel q1, q2, q3
vadc.i32 q1, q2, q3
vadci.i32 q1, q2, q3
vsbc.i32 q1, q2, q3
vsbci.i32 q1, q2, q3
vhcadd.s8 q1, q2, q3, #90
vcadd.i16 q1, q2, q3, #270
vcadd.f32 q1, q2, q3, #90
vcmul.f32 q1, q2, q3, #90
vcmla.f16 q1, q2, q3, #180
vadd.i32 q1, q2, r3
vsub.i8 q1, q2, r3
vmul.i16 q1, q2, r3
vhadd.s8 q1, q2, r3
vhsub.u16 q1, q2, r3
vqadd.s8 q1, q2, r3
vqsub.u8 q1, q2, r3
vqdmulh.s32 q1, q2, r3
vqrdmulh.s16 q1, q2, r3
vqdmullb.s16 q1, q2, r3
vqdmullt.s32 q1, q2, r3
vmla.s8 q1, q2, r3
vmlas.u16 q1, q2, r3
vqdmlah.s8 q1, q2, r3
vqdmlash.s16 q1, q2, r3
vqrdmlah.s32 q1, q2, r3
vqrdmlash.s8 q1, q2, r3
vbrsr.8 q1, q2, r3
vadd.f32 q1, q2, r3
vsub.f16 q1, q2, r3
vmul.f32 q1, q2, r3
vfma.f32 q1, q2, r3
vfmas.f16 q1, q2, r3
vabs.s8 q1, q2
vneg.s16 q1, q2
vqabs.s8 q1, q0
vqneg.s32 q1, q2
vcls.s8 q1, q2
vclz.i16 q1, q2
vrev16.8 q1, q2
vrev32.16 q1, q2
vrev64.32 q1, q2
vabs.f32 q1, q2
vneg.f16 q1, q2
vrinta.f32 q1, q2
vrintz.f32 q1, q2
vrintx.f16 q1, q2
vcvta.s32.f32 q1, q2
vcvtp.u16.f16 q1, q2
vcvt.f32.s32 q1, q2
vcvt.u32.f32 q1, q2
vmaxa.s8 q1, q2
vmina.s16 q1, q2
vmaxnma.f32 q1, q2
vminnma.f16 q1, q2
vcvtb.f16.f32 q1, q2
vcvtt.f32.f16 q1, q2
vmovnb.i16 q1, q2
vmovnt.i32 q1, q2
vqmovnb.s16 q1, q2
vqmovnt.u32 q1, q2
vqmovunb.s16 q1, q2
vmovlb.s8 q1, q2
vmovlt.u16 q1, q2
vshl.i32 q1, q2, #5
vshr.s16 q1, q2, #5
vrshr.u8 q1, q2, #5
vsli.8 q1, q2, #5
vsri.16 q1, q2, #5
vqshl.s8 q1, q2, #5
vqshlu.s32 q1, q2, #5
vshllb.s8 q1, q2, #5
vshllt.u16 q1, q2, #5
vshrnb.i16 q1, q2, #5
vrshrnt.i32 q1, q2, #5
vqshrnb.s16 q1, q2, #5
vqrshrnt.u32 q1, q2, #5
vqshrunb.s16 q1, q2, #5
vqrshrunt.s32 q1, q2, #5
vcvt.f32.s32 q1, q2, #5
vcvt.u16.f16 q1, q2, #5
vshllb.s8 q1, q2, #8
vshllt.u16 q1, q2, #16
vshlc q1, r2, #5
vshl.s8 q1, r2
vrshl.u16 q1, r2
vqshl.s32 q1, r2
vqrshl.s8 q1, r2
vmov.i32 q1, #5
vmvn.i16 q1, #5
vmov.f32 q1, #1.0
vorr.i32 q1, #5
vbic.i16 q1, #5
vdup.8 q1, r2
vdup.32 q1, r2
vidup.u8 q1, r2, #4
vddup.u16 q1, r2, #2
viwdup.u32 q1, r2, r3, #1
vdwdup.u8 q1, r2, r3, #8
vaddv.s8 r2, q3
vaddva.s8 r2, q3
vmaxv.s8 r1, q3
vminv.s8 r1, q3
vabav.s8 r1, q2, q3
vmladav.s8 r2, q2, q3
vmladava.s8 r2, q2, q3
vaddv.u16 r2, q3
vaddva.u16 r2, q3
vmaxv.u16 r1, q3
vminv.u16 r1, q3
vabav.u16 r1, q2, q3
vmladav.u16 r2, q2, q3
vmladava.u16 r2, q2, q3
vaddv.s32 r2, q3
vaddva.s32 r2, q3
vmaxv.s32 r1, q3
vminv.s32 r1, q3
vabav.s32 r1, q2, q3
vmladav.s32 r2, q2, q3
vmladava.s32 r2, q2, q3
vaddlv.s32 r2, r3, q3
vaddlva.u32 r2, r3, q3
vmaxav.s8 r1, q3
vminav.s16 r1, q3
vmaxnmv.f32 r1, q3
vminnmav.f16 r1, q3
vmladavx.s16 r2, q2, q3
vmladavax.s8 r2, q2, q3
vmlsdav.s8 r2, q2, q3
vmlsdava.s32 r2, q2, q3
vmlsdavx.s16 r2, q2, q3
vmlaldav.s16 r2, r3, q2, q3
vmlaldava.u32 r2, r3, q2, q3
vmlaldavax.s16 r2, r3, q2, q3
vmlsldav.s16 r2, r3, q2, q3
vmlsldava.s32 r2, r3, q2, q3
vrmlaldavh.s32 r2, r3, q2, q3
vrmlaldavha.u32 r2, r3, q2, q3
vrmlsldavh.s32 r2, r3, q2, q3
vmov.s8 r1, q2[3]
vmov.u16 r1, q2[5]
vmov.32 r1, q2[3]
vmov.8 q2[3], r1
vmov.16 q2[5], r1
vmov.32 q2[3], r1
vmov r4, r5, q2[2], q2[0]
vmov q2[3], q2[1], r4, r5
vldrb.u8 q1, [r2]
vldrb.s16 q1, [r2, #4]
vldrb.u32 q1, [r2], #4
vldrh.u16 q1, [r2, #4]!
vldrh.s32 q1, [r2]
vldrw.u32 q1, [r2], #16
vldrw.u32 q1, [r9, #16]
vldrb.u8 q1, [r2, q3]
vldrh.u16 q1, [r2, q3, uxtw #1]
vldrw.u32 q1, [r2, q3]
vldrd.u64 q1, [r2, q3]
vldrw.u32 q1, [q3, #4]
vldrw.u32 q1, [q3, #4]!
vldrd.u64 q1, [q3]
vstrb.8 q1, [r2]
vstrb.16 q1, [r2, #4]
vstrb.32 q1, [r2], #4
vstrh.16 q1, [r2, #4]!
vstrh.32 q1, [r2]
vstrw.32 q1, [r2], #16
vstrw.32 q1, [r9, #16]
vstrb.8 q1, [r2, q3]
vstrh.32 q1, [r2, q3, uxtw #1]
vstrw.32 q1, [r2, q3]
vstrd.64 q1, [r2, q3]
vstrw.32 q1, [q3, #4]
vstrw.32 q1, [q3, #4]!
vstrd.64 q1, [q3]
vld20.8 {q1, q2}, [r2]
vld21.8 {q1, q2}, [r2]!
vld40.16 {q1, q2, q3, q4}, [r2]
vld43.32 {q1, q2, q3, q4}, [r2]!
vst20.8 {q1, q2}, [r2]
vst21.8 {q1, q2}, [r2]!
vst40.16 {q1, q2, q3, q4}, [r2]
vst43.32 {q1, q2, q3, q4}, [r2]!
vcmp.i8 eq, q1, q2
vcmp.s16 ge, q1, r2
vcmp.u32 hi, q1, q2
vcmp.f32 lt, q1, q2
vcmp.f16 ne, q1, r2
vpnot
vpst
vaddt.i32 q1, q2, q3
vpt.s8 gt, q1, q2
vmlat.s8 q1, q2, r3
vpte.i16 eq, q1, r2
vldrbt.u8 q1, [r2]
vmove q1, q2
vptt.f32 le, q1, q2
vmaxnmt.f32 q1, q2, q3
vstrwt.32 q1, [r2]
