// What GCC 13's libstdc++ adds with GLIBCXX_3.4.32: the initialisation of the standard streams, which older ones do by a static object that this file has too.

#include <iostream>

extern "C" void _ZSt21ios_base_library_initv() { static const std::ios_base::Init streams; }
