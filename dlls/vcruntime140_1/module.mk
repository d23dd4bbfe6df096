vcruntime140_1_version = 14,29,30153,0
$(eval $(call pe_dll,vcruntime140_1,vcruntime140 ntdll))
