// two of a kind
Accelerator Acc0_64 {
  num_pes: 64
  offchip_bw: 128
  top_noc_bw: 32
  top_noc_latency: 1
  top_noc_multicast: True
  col_noc_bw: 16
  col_noc_latency: 1
  col_noc_multicast: False
  global_shared_memory: 65536 // 64 KiB
  PE_local_memory: 512
}

Accelerator Acc1 { num_pes: 16 top_noc_bw: 8 global_shared_memory: 1024 PE_local_memory: 64 }
