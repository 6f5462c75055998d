// comment
num_pes: 4 # PEs
