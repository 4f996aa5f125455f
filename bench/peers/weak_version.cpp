// Marks one version that an ELF library needs as weak, so that the dynamic loader does not insist on it: weak_version LIBRARY VERSION.
// LibTorchSharp asks for GLIBCXX_3.4.32, which Debian 12's libstdc++ lacks, for the sake of one symbol that stream_init.cpp defines instead.

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

int main(int count, char **arguments) {
    if (count != 3) {
        std::cerr << "usage: weak_version LIBRARY VERSION\n";
        return 2;
    }
    const std::string path = arguments[1], version = arguments[2];
    std::ifstream input(path, std::ios::binary);
    std::vector<char> bytes((std::istreambuf_iterator<char>(input)), std::istreambuf_iterator<char>());
    if (bytes.size() < sizeof(Elf64_Ehdr) || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0 || bytes[EI_CLASS] != ELFCLASS64) {
        std::cerr << path << " is not a 64-bit ELF file\n";
        return 1;
    }
    const auto *header = reinterpret_cast<const Elf64_Ehdr *>(bytes.data());
    const auto *sections = reinterpret_cast<const Elf64_Shdr *>(bytes.data() + header->e_shoff);
    int marked = 0;
    for (int s = 0; s < header->e_shnum; s++) {
        if (sections[s].sh_type != SHT_GNU_verneed) continue;
        const char *strings = bytes.data() + sections[sections[s].sh_link].sh_offset;
        char *file = bytes.data() + sections[s].sh_offset;
        for (Elf64_Word n = 0; n < sections[s].sh_info; n++) {
            auto *need = reinterpret_cast<Elf64_Verneed *>(file);
            char *entry = file + need->vn_aux;
            for (int v = 0; v < need->vn_cnt; v++) {
                auto *auxiliary = reinterpret_cast<Elf64_Vernaux *>(entry);
                if (version == strings + auxiliary->vna_name) {
                    auxiliary->vna_flags |= VER_FLG_WEAK;
                    marked++;
                }
                entry += auxiliary->vna_next;
            }
            file += need->vn_next;
        }
    }
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::cout << path << ": " << version << (marked > 0 ? " is weak now\n" : " is not needed\n");
    return 0;
}
